"""What stands at home of erasure, for those who answer for it: what is paused, and what was erased lately, each with its certificate (P12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.lists import waiting
from handlers.retention.certificate import answers
from handlers.retention.pause import home_rows
from handlers.room import Rows
from handlers.words import line_words
from storage.records import Recording
from storage.tables.erasures import Erasure

LATELY = timedelta(days=30)


def lists(act: Act) -> Mapping[str, Rows]:
    """What waits for a decision, and the certificates of the last days; for everybody else there are none."""
    if act.me.email_key not in act.policy.roles.everybody():
        return {}
    waits = {"waiting": waiting(rows)} if (rows := home_rows(act)) else {}
    if not answers(act):
        return waits
    since = act.now - LATELY
    number = act.store.erasures.count(since)
    return {**waits, "erased": Rows("Erased in the last 30 days", number, lambda most, skip: _rows(act, most, skip))}


def _rows(act: Act, most: int, skip: int) -> list[Row]:
    found = act.store.erasures.newest(act.now - LATELY, most, skip)
    return [_row(act, erasure, recording) for erasure, recording in found]


def _row(act: Act, erasure: Erasure, recording: Recording) -> Row:
    when = erasure.erased_at or erasure.closed_at
    label, zone = line_words(recording.line, act.policy)
    call = (f"{Sign.APPROVED} Call of ", When(recording.started, zone, act.now), f" · {recording.operator_name}")
    return Row(
        call, Button("certificate", "Certificate", erasure.id), (f"{label} · erased ", When(when, zone, act.now))
    )

"""What erasure brings: the clock's work at a call's moment, the guard's pauses, certificates, and what stands of them at home (P12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.home import waiting_of
from handlers.matters.showing import MatterOf
from handlers.retention import erasing, guard
from handlers.retention.cards import pause_card
from handlers.retention.erasing import answers_for_erasure
from handlers.room import Does, Room, Rows, Shows
from handlers.words import line_words
from storage.records import Recording
from storage.tables.calls import Erasure, ErasurePause

LATELY = timedelta(days=30)


def retention_lists(act: Act) -> Mapping[str, Rows]:
    """What waits for a decision, and the certificates of the last days; for everybody else there are none."""
    if act.me.id not in act.policy.seats.in_roles:
        return {}
    waits = {"waiting": waiting_of(act, ErasurePause, lambda _: f"{Sign.ALARM} Erasures paused: continue or keep?")}
    if not answers_for_erasure(act):
        return waits
    since = act.now - LATELY
    number = act.store.erasures.count(since)
    return {
        **waits,
        "erased": Rows("Erased in the last 30 days", number, lambda most, skip: _certificate_rows(act, most, skip)),
    }


def _certificate_rows(act: Act, most: int, skip: int) -> list[Row]:
    found = act.store.erasures.newest(act.now - LATELY, most, skip)
    return [_certificate_row(act, erasure, recording) for erasure, recording in found]


def _certificate_row(act: Act, erasure: Erasure, recording: Recording) -> Row:
    when = erasure.erased_at or erasure.closed_at
    label, zone = line_words(recording.line, act.policy)
    call = (f"{Sign.APPROVED} Call of ", When(recording.started, zone, act.now), f" · {recording.operator_name}")
    return Row(
        call, Button("certificate", "Certificate", erasure.id), (f"{label} · erased ", When(when, zone, act.now))
    )


PAUSES = MatterOf(guard.PauseCase, pause_card, guard.pause_reminder_row)
ROOM = Room(
    "retention",
    buttons={
        "certificate": Shows(erasing.certificate_page, "Certificate"),
        "pause_continue": Does(guard.continue_erasures, "Continue"),
        "pause_keep": Does(guard.keep_audio, "Keep"),
    },
    due={"retention.late": erasing.warn_of_late, guard.REMIND: guard.remind_of_pause},
    matter=PAUSES,
    lists=retention_lists,
)

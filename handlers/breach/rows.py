"""What stands at home of reports: only of those that the reader handles; for everybody else there is no such list (P13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.acting import Act
from handlers.breach.saying import DETAILS
from handlers.breach.vault import Opened, Vault
from handlers.cards import Button, Row, Sign
from handlers.room import Rows
from handlers.rules.access import company_day
from handlers.rules.breach import would_be_readers
from handlers.words import day_words
from storage.breaches import OPEN


def lists(act: Act) -> Mapping[str, Rows]:
    """Those that wait for an acknowledgement first, then the others that are open, then the closed ones."""
    email = act.me.email_key
    if email not in {seat.email for seat in would_be_readers(act.policy)}:
        return {}
    mine = Vault(act).of_reader(email)
    ordered = sorted(mine, key=lambda one: (one.report.state != OPEN, bool(one.known.acknowledged_by)))
    waiting = sum(one.report.state == OPEN and not one.known.acknowledged_by for one in mine)
    return {"reports": _rows(act, ordered, waiting)} if mine else {}


def _rows(act: Act, mine: Sequence[Opened], waiting: int) -> Rows:
    told = ((waiting, "in confidence"),) if waiting else ()
    return Rows(
        "Confidential reports", len(mine), lambda most, skip: [_row(act, one) for one in mine[skip : skip + most]], told
    )


def _row(act: Act, one: Opened) -> Row:
    closed, acknowledged = one.report.state != OPEN, bool(one.known.acknowledged_by)
    sign, state = (Sign.NOTE, "acknowledged") if acknowledged else (Sign.WAITING, "waits to be acknowledged")
    sign, state = (Sign.ENDED, "closed") if closed else (sign, state)
    day = day_words(one.report.day, company_day(act.policy, act.now))
    words = f"{sign} Report {one.id} · came on {day} · {state}"
    return Row(words, Button(DETAILS, "Details", one.id, "plain" if acknowledged or closed else "primary"))

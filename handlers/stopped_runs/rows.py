"""What stands at home of stopped runs: those that wait for whoever asks (P12)."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.lists import waiting
from handlers.room import Rows
from handlers.words import counted
from storage.tables.erasures import StoppedRun


def lists(act: Act) -> Mapping[str, Rows]:
    """The list of whoever has to agree to something; for everybody else there is none."""
    me = act.me
    if me.email_key not in act.policy.roles.everybody():
        return {}
    rows = [_row(act, one) for one in act.store.stopped_runs.waiting_for(me.id)]
    return {"waiting": waiting(rows)}


def _row(act: Act, run: StoppedRun) -> Row:
    button = Button("details", "Details", run.id, "primary")
    small = ("since ", When(run.asked_at, now=act.now), f" · {run.id}")
    return Row(f"{Sign.ALARM} Erasures stopped: {counted(run.number, 'call')}", button, small)

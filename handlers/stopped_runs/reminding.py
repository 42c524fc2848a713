"""Whoever has to agree is reminded each working day while a run is stopped (P12)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.cards import Button, Row
from handlers.matters.asking import reached
from handlers.matters.case import entitled
from handlers.matters.reminding import tell
from handlers.rules.breaker import next_morning
from handlers.stopped_runs import intents
from handlers.stopped_runs.short_of import short
from handlers.stopped_runs.view import View, load
from handlers.telling import ON_A_LINE
from handlers.words import counted, moment_words
from storage.tables.erasures import StoppedRun

REMIND = "stopped_runs.remind"


def schedule(act: Act, run: StoppedRun) -> None:
    """Ask the clock for the next morning."""
    act.store.deadlines.set(REMIND, run.id, next_morning(act.policy, act.now))


def remind(act: Act, intent: intents.Remind) -> Done[None]:
    """Whoever has yet to agree; and an alarm each day on which there are not two who could."""
    view = load(act, intent.matter)
    if not view.run.is_open:
        return Done(None, quiet=True)
    people = [one.person_id for one in view.asked]
    fell = min(act.now, act.store.deadlines.moment(REMIND, intent.matter) or act.now)
    schedule(act, view.run)
    tell(act, view.run, REMIND, people, fell)
    told = short(act, view, reached(act, view.circumstances), fell)
    return Done(None, told, detail={"reminded": people, **warned_by(told)})


def row(view: View, person: int) -> Row | None:
    """How one person is reminded; None for whoever has nothing to agree to any more."""
    if not view.run.is_open or not view.asks(person) or not entitled(view, person):
        return None
    more = "Two people have to agree" if view.wanted == 2 else "One more has to agree"
    words = (
        f"{counted(view.run.number, 'call')} are past their moment and wait, {_since(view)} "
        f"{more}. Press Details to read more and to answer."
    )
    return Row(words, Button(f"{ON_A_LINE}details", "Details", view.run.id, "primary"), view.run.id)


def _since(view: View) -> str:
    many = "since that is unusually many for one day" if view.unusual else ""
    if view.restored is None:
        return f"{many}."
    when = moment_words(view.restored, view.policy.lines[view.policy.company.home_line].time_zone, None)
    lost = f"since my database was restored on {when}"
    return f"{' and '.join(one for one in (many, lost) if one)}. Holds and declines of after the copy are lost: set them again before."

"""The calls of a hold: which of the chosen ones can be held, and all that a hold keeps, as a page (P12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handlers.acting import Act
from handlers.cards import Actions, Button, Line, Page, Part, Sign, When, Words
from handlers.policy import Policy
from handlers.rules.refusal import Refused
from handlers.rules.search import may_know
from handlers.words import call_line, line_words, moment_words
from storage.holds import Held
from storage.records import Recording

THERE = ("present", "declined", "closed")
"""States of a call whose audio is there."""
TOO_LATE = "The recording system was asked to delete it just before, so the hold may have come too late."


@dataclass(frozen=True, slots=True)
class Chosen:
    """Calls that can be held; when others were erased; and for how many the recorder was asked already."""

    calls: list[Recording]
    erased: tuple[datetime, ...]
    too_late: int


def chosen(act: Act, ids: Iterable[int]) -> Chosen:
    """Those that this person may know of, also past their moment while they are there. Raises `Refused` at `recordings`."""
    wanted = list(dict.fromkeys(ids))
    known = [one for one in act.store.recordings.all_of(wanted) if may_hold(act, one)]
    there = [one for one in known if one.state in THERE]
    moments = {one.id: erased_at(act, one) for one in known if one.state == "erased"}
    erased = [at for at in moments.values() if at is not None]
    if erased and not there:
        zone = act.me.zone
        told = " ".join(f"This call was erased on {moment_words(at, zone, act.now)}." for at in erased)
        raise Refused.at({"recordings": f"{told} It can't be held any more."}, "P12")
    if len(there) + len(erased) < len(wanted) or not there:
        raise Refused.at({"recordings": "One of these calls is no longer there. Please choose again."}, "P12")
    under_way = (act.store.erasures.open(one.id) for one in there)
    return Chosen(there, tuple(erased), sum(one is not None and one.state == "asked" for one in under_way))


def may_hold(act: Act, one: Recording) -> bool:
    """Whether this person may know of a call, so that it may be asked for."""
    return may_know(act.policy, act.me.email_key, one.department, one.operator_key, one.line)


def erased_at(act: Act, one: Recording) -> datetime | None:
    """When a call was erased last."""
    return act.store.erasures.erased_at(one.id)


def line(policy: Policy, held: Held, now: datetime) -> Line:
    """A call of a hold, with what became of it."""
    one, erasure = held.recording, held.erasure
    _, zone = line_words(one.line, policy)
    if erasure is not None and erasure.erased_at is not None:
        words: Words = (*_began(one, zone, now), " · erased on ", When(erasure.erased_at, zone, now))
        return Line(words, Sign.ENDED)
    if one.state == "gone":
        return Line((*_began(one, zone, now), " · no longer in the recording system"), Sign.ALARM)
    past = " · past its time, and closed to everybody" if one.closed(now) and held.keep.ended_at is None else ""
    late = f" · {TOO_LATE}" if erasure is not None and erasure.state == "asked" else ""
    return Line((*call_line(one, policy, now), f"{past}{late}"))


def page(act: Act, title: str, calls: list[Held], value: str, number: int, first: int) -> Page:
    """So many of a hold's calls, after so many; the buttons turn the page."""
    last = first + len(calls)
    told = f"{first + 1} to {last} of {number}" if calls else "Nothing stands here any more."
    earlier = (Button("hold_calls", "Earlier ones", f"{value}:{max(first - ON_A_PAGE, 0)}"),) if first else ()
    later = (Button("hold_calls", "Later ones", f"{value}:{last}"),) if last < number else ()
    turn: tuple[Part, ...] = (Actions((*earlier, *later)),) if earlier or later else ()
    return Page(title, (Line(told), *(line(act.policy, one, act.now) for one in calls), *turn))


def _began(one: Recording, zone: str, now: datetime) -> tuple[str | When, ...]:
    return ("📞 ", When(one.started, zone, now), f" · with {one.operator_name}")


ON_A_PAGE = 15

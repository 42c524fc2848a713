"""A word of its own about calls that an open request names and that end soon: to whoever decides it, and to the Head (P12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handlers.acting import Act
from handlers.effects import Tell
from handlers.rules.ahead import soon
from handlers.telling_head import hearers
from handlers.words import counted, line_words, moment_words
from storage.records import Person, Recording

MayKnow = Callable[[Act, str, Person], bool]


def told(act: Act, may_know: MayKnow) -> tuple[Tell, ...]:
    """Each of them once for each request; nobody of a matter of his or her own case."""
    found = act.store.outlook.asked_for(act.now, soon(act.policy, act.now))
    return tuple(one for request, calls in found.items() for one in _of(act, request, calls, may_know))


def _of(act: Act, request: str, calls: Sequence[Recording], may_know: MayKnow) -> list[Tell]:
    deciding = [
        one.person_id for one in act.store.matters.parties(request) if one.part == "approver" and not one.unreachable
    ]
    people = act.store.people.named((*deciding, *hearers(act)))
    heads = [one for one in hearers(act) if may_know(act, request, people[one])]
    told = (people[one] for one in dict.fromkeys((*deciding, *heads)))
    return [
        Tell(one.id, _words(act, request, calls, one), f"ends_soon:{request}:{one.id}", "details", request)
        for one in told
    ]


def _words(act: Act, request: str, calls: Sequence[Recording], reader: Person) -> str:
    first = calls[0]
    moment = first.erase_at or act.now
    when = moment_words(moment, reader.zone or line_words(first.line, act.policy)[1], act.now)
    which = "a call that is" if len(calls) == 1 else f"{len(calls)} calls that are"
    begins = "" if len(calls) == 1 else "from "
    kept = counted(act.policy.holds.open_request_working_days, "working day")
    return (
        f"Request {request} names {which} closed to everybody {begins}{when}. Please see that it is decided before. If it is still "
        f"open then, the audio stays for this request alone, {kept} at most. Press Details to read more."
    )

"""Why a request came to the reader of its card, what comes next, and what Details adds (P7, P9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice, takewhile

from handlers.access.asking import promised
from handlers.access.state import View
from handlers.cards import Button, Card, Line, Part, Row, Small, When
from handlers.due_words import caution, sum_words
from handlers.matters.alarming import NOBODY_LEFT, told
from handlers.rules.availability import turn_to
from handlers.rules.deadlines import returns
from handlers.rules.holds import may_set
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, after, beyond, deputies, route
from handlers.words import OUT
from storage.records import Person


def turn(view: View, reader: int) -> tuple[Line, ...]:
    """A sentence or two; nothing for whoever has nothing to do and nothing to wait for."""
    if reader != view.request.requester_id:
        return (*map(Line, _of_others(view, reader)), *(_ahead(view) if view.asks(reader) else ()))
    match view.phase:
        case "waiting" if view.question:
            words = f"Please answer the question. Your request may also be decided before you do. {_decides(view)}"
            return (Line(words), *_ahead(view))
        case "waiting":
            return (Line(f"{_decides(view)} This card tells you the outcome."), *_ahead(view))
        case "stuck":
            return (_held(view), *_ahead(view))
        case "approved" if not view.audible:
            return (Line(_silent(view)),)
        case "approved":
            return (Line("Press Listen to hear it in your browser. Every listening is recorded."),)
        case "ended" | "withdrawn" if view.grant is not None and view.askable:
            return (Line("If you still need the calls, please ask again."),)
        case _:
            return ()


def _silent(view: View) -> str:
    """P5: why there is no Listen, and whether it may come back."""
    one, declined = len(view.recordings) == 1, any(call.state == "declined" for call in view.recordings)
    if not declined:
        return f"{'This call is' if one else 'These calls are'} closed to everybody now, so there is nothing to hear."
    why = (
        "This call can’t be heard now, since its caller"
        if one
        else "None of these calls can be heard now, since a caller"
    )
    return f"{why} declined to be recorded. If it is kept after all, Listen is here again."


def _ahead(view: View) -> tuple[Line, ...]:
    words = _ahead_words(view)
    return (Line(words),) if words else ()


def _of_others(view: View, reader: int) -> tuple[str, ...]:
    if view.phase == "approved" and reader == view.request.decided_by:
        return ("You can withdraw this access at any time, under Home.",)
    authority = _authority(view, reader) if view.request.state == "waiting" and view.asks(reader) else None
    if authority is None:
        return ()
    return (_why(view, authority),)


def _authority(view: View, reader: int) -> Authority | None:
    try:
        return view.authority(view.people[reader])
    except Refused:
        return None


def _why(view: View, authority: Authority) -> str:
    """As what this person is asked, and who was passed over for that."""
    title = view.policy.role(authority.role).title
    over = {email: why for email, why in route(view.circumstances).passed_over if email != authority.email}
    if authority.deputy:
        why = over.get(view.policy.role(authority.role).holder)
        return f"It came to you as deputy of the {title}{f', who {OUT[why]}' if why else ''}."
    before = takewhile(lambda role: role != authority.role, view.circumstances.chain)
    earlier = [(role, why) for role in before if (why := over.get(view.policy.role(role).holder))]
    if not earlier:
        return f"It came to you as {title}."
    role, why = earlier[-1]
    return f"It came to you as {title}, since the {view.policy.role(role).title} {OUT[why]}."


def _decides(view: View) -> str:
    names = view.approver_names
    first = _authority(view, view.approvers[0].person_id) if view.approvers else None
    if first is None:
        return f"{names} decides."
    of = "deputy of the " if first.deputy else ""
    # Where several roles are asked beside each other, one title would be wrong of the others.
    alone = len({party.role for party in view.approvers}) == 1
    role = f", as {of}{view.policy.role(first.role).title}" if alone else ""
    return f"{names} decides{role}."


def _held(view: View) -> Line:
    """For the requester of a request that nobody may decide: who knows of it, in truth, and what to do."""
    hearer = told(view) if view.alarm is not None and view.alarm.why == NOBODY_LEFT else ""
    if hearer:
        return Line(f"Nobody may decide this at the moment. {hearer}")
    whom = turn_to(view.policy, view.mine | view.conflicted)
    to = f"to the {whom} yourself" if whom else "to whoever runs this bot, who finds it in its log"
    return Line(f"Nobody may decide this at the moment, and I could tell nobody. Please turn {to}.")


def _ahead_words(view: View) -> tuple[str | When, ...]:
    """“If nobody decides, the deputy is asked Wed 5 May, 17:00, and it lapses Wed 19 May, 17:00.”; empty where nothing waits.

    An investigation never lapses: everybody asked is reminded each week (P9). What is held is asked of nobody else.
    """
    known = promised(view.request)
    if known is None or not view.request.is_open:
        return ()
    coming = {step: at for step, at in known.moments.items() if at > view.now}
    zone, weekly = known.promise.zone, known.moments.get("access.undecided")
    steps = [(f"{whom} is asked ", coming[step], "") for whom, step in islice(_asked(view, coming), 1)]
    if weekly is not None:
        steps.append(("everybody who was asked is reminded ", returns(weekly, view.now), ", and again each week"))
    elif "access.lapse" in coming:
        steps.append(("it lapses ", coming["access.lapse"], ""))
    told: list[str | When] = []
    for what, at, more in steps:
        told += [f"{', and ' if told else 'If nobody decides, '}{what}", When(at, zone, view.now), more]
    return (*(one for one in told if one), ". It never lapses." if weekly else ".") if told else ()


def _sum_of(view: View) -> tuple[Part, ...]:
    """For Details: how the last moment was counted."""
    known = promised(view.request)
    if known is None or not view.request.is_open:
        return ()
    # P9: an investigation never lapses; what falls then is its first weekly reminder.
    what = "Unanswered, it lapses" if "access.lapse" in known.moments else "Unanswered, everybody asked is reminded"
    told: list[Part] = [Line(sum_words(known.promise, view.now, what))]
    if words := caution(known.promise):
        told.append(Small(words))
    return tuple(told)


def _asked(view: View, coming: Mapping[str, datetime]) -> Iterator[tuple[str, str]]:
    """Whom silence brings in next, and by which step."""
    case = view.circumstances
    if view.request.state != "waiting":
        return
    asked = frozenset(name for name in case.chain if name in {one.role for one in view.approvers})
    known = {view.people[one.person_id].email_key for one in view.approvers}
    if "access.deputy" in coming and any(one.email not in known for name in asked for one in deputies(case, name)):
        yield "the deputy", "access.deputy"
    if "access.next" in coming and (further := beyond(case, asked)):
        yield f"the {view.policy.role(further[0].role).title}", "access.next"


def in_details(card: Card, view: View, reader: int) -> Card:
    """The card as Details shows it: with what is needed too rarely to be among the three buttons in the chat."""
    *parts, small = card.parts
    return replace(card, parts=(*parts, *_sum_of(view), *_passing(view, reader), *_holding(view, reader), small))


def _passing(view: View, reader: int) -> tuple[Part, ...]:
    if view.request.state != "waiting" or reader not in {party.person_id for party in view.approvers}:
        return ()
    title = who_is_next(view, view.people[reader])
    if not title:
        return (Line("Nobody comes after you, so this can't be passed on."),)
    words = f"Not yours to decide? Next is the {title}."
    return (Row(words, Button("pass_on", "Pass on", view.request.id)),)


def _holding(view: View, reader: int) -> tuple[Part, ...]:
    """P12: whoever holds the card may have its calls kept; whoever sees to holds sets one, and anybody else asks."""
    if reader not in view.everybody():
        return ()
    sets = may_set(view.policy, view.people[reader].email_key)
    action, label = ("hold", "Set a hold") if sets else ("hold_ask", "Ask for a hold")
    return (Row("Must these calls be kept for a case?", Button(action, label, view.request.id)),)


def who_is_next(view: View, reader: Person) -> str:
    """The title of the role that comes next; empty where nobody does. Raises `Refused` for who may not decide."""
    approvers = route(after(view.circumstances, view.authority(reader))).approvers
    return view.policy.role(approvers[0].role).title if approvers else ""

"""What silence brings to a request, why it came to the reader of its card, and what comes next (P7, P9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice, takewhile

from handlers.access.asking import promised, wait_anew
from handlers.access.state import View, load
from handlers.acting import Act, Done
from handlers.cards import Button, Card, Line, Part, Row, Small, When, Words
from handlers.handling import handler
from handlers.matters import asking
from handlers.matters.asking import NOBODY_LEFT, ask_these, brought_in, changed, told
from handlers.matters.case import approvers, entitled, party_of
from handlers.matters.reminding import lateness, tell
from handlers.policy.values import RoleName
from handlers.rules.availability import turn_to
from handlers.rules.deadlines import AGAIN, Who, before_end, reminder_moment, returns, rows
from handlers.rules.holds import may_set
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, after, beyond, deputies, route
from handlers.telling import ON_A_LINE
from handlers.words import OUT, call_words, capital, caution, listed, sum_words, waited_words
from storage.matters import Reminder
from storage.records import Grant, Person, Request

ENDS = ("access.end", "access.ending")
STEPS = ("access.remind", "access.deputy", "access.next", "access.lapse", "access.undecided")


def drop_steps(act: Act, request: Request) -> None:
    """It was decided, taken back or has lapsed: nothing falls any more."""
    act.store.deadlines.drop_all(STEPS, request.id, act.now)


@handler("access.remind", clause="P7", about="request")
def remind(act: Act, request: str) -> Done[None]:
    """P7: whoever is to decide is reminded."""
    view, fell = _opened(act, request, remind.action)
    asked = [one.person_id for one in view.approvers]
    if fell is None or view.request.state != "waiting" or not asked:
        return Done(None, quiet=True)
    tell(act, view.request, "access.remind", asked, fell, view.request.due_at)
    return Done(None, changed(view), detail={"told": asked, **lateness(act, fell)}, clause=view.clause)


@handler("access.deputy", clause="P7", about="request")
def ask_deputy(act: Act, request: str) -> Done[None]:
    """P7: beside whoever is silent the deputies are asked; both may decide."""
    view, fell = _opened(act, request, ask_deputy.action)
    case = view.circumstances
    roles: list[RoleName] = [name for name in case.remaining if name in _roles(view)]
    return _ask(act, view, "access.deputy", fell, [one for name in roles for one in deputies(case, name)])


@handler("access.next", clause="P7", about="request")
def ask_next(act: Act, request: str) -> Done[None]:
    """P7, P9: the next authority is asked as well."""
    view, fell = _opened(act, request, ask_next.action)
    return _ask(act, view, "access.next", fell, beyond(view.circumstances, _roles(view)))


@handler("access.undecided", clause="P7", about="request")
def still_undecided(act: Act, request: str) -> Done[None]:
    """P9: an investigation never lapses; everybody asked so far is reminded each week."""
    view, fell = _opened(act, request, still_undecided.action)
    if fell is None or not view.request.is_open:
        return Done(None, quiet=True)
    act.store.deadlines.set("access.undecided", view.request.id, returns(fell, act.now))
    asked = [one.person_id for one in view.approvers] if view.request.state == "waiting" else []
    tell(act, view.request, "access.undecided", asked, fell)
    return Done(None, detail={"told": asked, **lateness(act, fell)}, clause=view.clause)


@handler("access.lapse", clause="P7", about="request_id")
def lapse(act: Act, request_id: str) -> Done[None]:
    """P7: nobody decided it in time. Silence is never yes."""
    view, fell = _opened(act, request_id, lapse.action)
    if fell is None or not view.request.is_open:
        return Done(None, quiet=True)
    request = view.request
    request.state, request.closed_at = "lapsed", act.now
    drop_steps(act, request)
    tell(act, request, "access.lapse", [request.requester_id, *(one.person_id for one in view.approvers)], fell)
    return Done(None, changed(view), detail=lateness(act, fell), clause=view.clause)


@handler("access.recheck", clause="P7", about="matter")
def recheck(act: Act, matter: str) -> Done[None]:
    """The clock looks who decides."""
    view = load(act, matter)
    held = view.request.state == "stuck"
    done = asking.recheck(act, view)
    return count_silence_again(act, view, done, anew=held and view.request.state == "waiting")


@handler("access.reroute", clause="P7", about="matter")
def reroute(act: Act, matter: str, person: int, code: str, outgoing: str, began: datetime | None = None) -> Done[None]:
    """P7: whoever is asked instead of somebody who can't be reached."""
    view = load(act, matter)
    done = asking.reroute(act, view, person, code, outgoing, began)
    return count_silence_again(act, view, done)


def count_silence_again(act: Act, view: View, done: Done[None], *, anew: bool = False) -> Done[None]:
    """Where nobody had it before who has it now, what silence brings is counted from now; `anew` says that it is so."""
    new = {*done.detail.get("asked", ())} - {*done.detail.get("told", ())}
    alone = bool(new) and {one.person_id for one in view.approvers} <= new
    if view.request.promise and view.request.state == "waiting" and (anew or alone):
        wait_anew(act, view.request, view.recordings)
    return done


def remind_before_end(act: Act, grant: Grant, line: str) -> None:
    """The holder is reminded one working day before access ends, within working hours."""
    zone = act.store.people.get(grant.person_id).zone
    soon = before_end(act.policy, grant.ends_at, zone, line, 1)
    # After hours, and with the end at a weekend, it would fall when the last hours before the end are over.
    at = reminder_moment(act.policy, soon, zone, line, grant.ends_at)
    if at > act.now:
        act.store.deadlines.set("access.ending", grant.matter_id, at)


@handler("access.ending", clause="P7", about="request")
def ending(act: Act, request: str) -> Done[None]:
    """P7: whoever may hear the calls is told while there is time to."""
    view = load(act, request)
    fell = act.store.deadlines.moment("access.ending", request)
    if fell is None or view.grant is None or not view.access_open:
        return Done(None, quiet=True)
    tell(act, view.request, "access.ending", [view.grant.person_id], fell, view.grant.ends_at)
    return Done(None, detail={"grant": view.grant.id, **lateness(act, fell)}, clause=view.clause)


def _opened(act: Act, request: str, step: str) -> tuple[View, datetime | None]:
    view = load(act, request)
    return view, act.store.deadlines.moment(step, request)


def _roles(view: View) -> frozenset[RoleName]:
    """The roles of those who were asked and are silent."""
    case = view.circumstances
    asked = {one.role for one in approvers(view)}
    return frozenset(name for name in case.chain if name in asked)


def _ask(act: Act, view: View, step: str, fell: datetime | None, further: Iterable[Authority]) -> Done[None]:
    if fell is None or view.request.state != "waiting":
        return Done(None, quiet=True)
    asked = ask_these(act, view, [one for one in further if act.store.people.may_act(one.email)])
    if not asked:
        return Done(None, quiet=True)
    before = view.everybody()
    tell(act, view.request, step, asked, fell, view.request.due_at)
    effects = tuple(one for one in changed(view) if one.person in before and one.person not in asked)
    return Done(None, effects, detail={**brought_in(view, asked), **lateness(act, fell)}, clause=view.clause)


LABELS = {"details": "Details", "again": "Ask again", "listen": "Listen"}
_ASKED: dict[str, Who] = {
    "access.remind": "approver", "access.deputy": "deputy", "access.next": "next", "access.undecided": "approver",
}  # fmt: skip


def reminder_row(view: View, reminder: Reminder) -> Row | None:
    """One line with a button; None where it concerns that person no more."""
    to = _as(view, reminder.step, reminder.person_id)
    found = next((one for one in rows(reminder.step) if one.to == to), None)
    if found is None:
        return None
    words = found.words.format(
        what=view.what,
        who=view.requester.name,
        silent=_silent(view, reminder.person_id),
        role=_role(view, reminder.person_id),
        waited=waited_words(view.request.asked_at, view.now),
    )
    does = found.button
    if does == "again" and not view.askable:  # its calls have had their time
        does, words = "details", words.removesuffix(f" {AGAIN}")
    button = Button(f"{ON_A_LINE}{does}", LABELS[does], view.request.id, "primary")
    return Row(capital(words), button, _small(view, reminder))


def _as(view: View, step: str, person: int) -> Who | None:
    """As what a step concerns this person, as things are now."""
    mine = person == view.request.requester_id
    if step == "access.ending":
        return "holder" if mine and view.audible else None
    if step == "access.lapse" and view.request.state == "lapsed":
        return "requester" if mine else "approver"
    # Whoever stood in may have had to give it back since the clock looked last.
    decides = view.request.state == "waiting" and view.asks(person) and entitled(view, person)
    return _ASKED.get(step) if decides else None


def _silent(view: View, person: int) -> str:
    """Who was asked before this person and did not answer."""
    mine = party_of(view, person)
    before = [one for one in view.approvers if mine is not None and one.since < mine.since]
    return listed([view.people[one.person_id].name for one in before], "and") or "the person asked before you"


def _role(view: View, person: int) -> str:
    party = party_of(view, person)
    if party is None or party.part != "approver":
        return ""
    role = view.policy.roles.held().get(party.role)  # type: ignore[call-overload]
    return (
        (f"deputy of the {role.title}" if role.holder != view.people[person].email_key else role.title) if role else ""
    )


def _small(view: View, reminder: Reminder) -> Words:
    return (*call_words(view.recordings, view.policy, view.now), *_until(view, reminder.step))


def _until(view: View, step: str) -> tuple[str | When, ...]:
    if step == "access.lapse":
        return ()
    if step == "access.ending" and view.grant is not None:
        return " · until ", When(view.grant.ends_at, now=view.now)
    return (" · lapses ", When(view.request.due_at, now=view.now)) if view.request.due_at else ()


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
            return (Line(_silence(view)),)
        case "approved":
            return (Line("Press Listen to hear it in your browser. Every listen is logged."),)
        case "ended" | "withdrawn" if view.grant is not None and view.askable:
            return (Line("If you still need the calls, please ask again."),)
        case _:
            return ()


def _silence(view: View) -> str:
    """P5: why there is no Listen, and whether it may come back."""
    one, declined = len(view.recordings) == 1, any(call.state == "declined" for call in view.recordings)
    if not declined:
        return f"{'This call is' if one else 'These calls are'} closed to everyone now, so there is nothing to hear."
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
        return f"You’re asked as deputy of the {title}{f', who {OUT[why]}' if why else ''}."
    before = takewhile(lambda role: role != authority.role, view.circumstances.chain)
    earlier = [(role, why) for role in before if (why := over.get(view.policy.role(role).holder))]
    if not earlier:
        return f"You’re asked as {title}."
    role, why = earlier[-1]
    return f"You’re asked as {title}, since the {view.policy.role(role).title} {OUT[why]}."


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
        return Line(f"No one may decide this at the moment. {hearer}")
    whom = turn_to(view.policy, view.involved.askers | view.involved.concerned)
    to = f"to the {whom} yourself" if whom else "to the bot’s administrator, who finds it in the log"
    return Line(f"No one may decide this at the moment, and I could tell no one. Please turn {to}.")


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
        steps.append(("everyone who was asked is reminded ", returns(weekly, view.now), ", and again each week"))
    elif "access.lapse" in coming:
        steps.append(("it lapses ", coming["access.lapse"], ""))
    told: list[str | When] = []
    for what, at, more in steps:
        told += [f"{', and ' if told else 'If no one decides, '}{what}", When(at, zone, view.now), more]
    return (*(one for one in told if one), ". It never lapses." if weekly else ".") if told else ()


def _sum_of(view: View) -> tuple[Part, ...]:
    """For Details: how the last moment was counted."""
    known = promised(view.request)
    if known is None or not view.request.is_open:
        return ()
    # P9: an investigation never lapses; what falls then is its first weekly reminder.
    what = "Unanswered, it lapses" if "access.lapse" in known.moments else "Unanswered, everyone asked is reminded"
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
        return (Line("No one comes after you, so this can't be passed on."),)
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

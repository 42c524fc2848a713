"""The alarm about a request, and what its card says of it: that somebody is out of reach, or that nobody may decide it."""

from __future__ import annotations

from datetime import timedelta

from handlers.access.view import View
from handlers.acting import Act
from handlers.alarms import sound
from handlers.cards import Line, Part, Sign
from handlers.effects import Effect
from handlers.rules.alarms import ROLES, turn_to
from handlers.rules.routing import Route
from storage.records import Request

AGAIN = timedelta(days=1)
OUT_OF_REACH, NOBODY_LEFT = "out_of_reach", "nobody_left"


def alarm(act: Act, request: Request, where: Route) -> tuple[Effect, ...]:
    """A word to whoever can mend it, where a role can't be reached or nobody may decide."""
    if not where.alarm:
        return ()
    out = _names(act, [email for email, why in where.passed_over if why == "unreachable"])
    if where.approvers:
        asked = _listed(_names(act, [one.email for one in where.approvers]), "or")
        told = f"{_listed(out, 'and')} can’t be reached, so {asked} was asked about request {request.id}."
        return sound(act, request.id, OUT_OF_REACH, told)
    missed = f" {_listed(out, 'and')} can’t be reached." if out else ""
    told = f"Nobody may decide request {request.id} at the moment.{missed} Please see who can."
    return sound(act, request.id, NOBODY_LEFT, told)


def unheard(view: View) -> bool:
    """Whether nobody could be told a day ago that nobody may decide it: then it is tried again."""
    if view.request.state != "stuck" or view.alarm is None or view.alarm.state != "nobody":
        return False
    return view.now - view.alarm.raised_at >= AGAIN


def held(view: View) -> Line:
    """For the requester of a request that nobody may decide: who knows of it, in truth, and what to do."""
    told = _told(view) if view.alarm is not None and view.alarm.why == NOBODY_LEFT else ""
    if told:
        return Line(f"Nobody may decide this at the moment. {told}")
    whom = turn_to(view.policy, view.requester.email_key)
    return Line(f"Nobody may decide this at the moment, and I could tell nobody. Please turn to the {whom} yourself.")


def gone_past(view: View, reader: int) -> tuple[Part, ...]:
    """What may hold a request up: whoever was to decide before can't be reached, or whoever asked can't answer."""
    if view.request.state != "waiting":
        return ()
    found: list[Part] = []
    if reader != view.request.requester_id and view.requester.standing != "member":
        found.append(Line(f"{view.requester.name} can’t be reached now, so an answer may not come.", Sign.ALARM))
    told = _told(view) if view.alarm is not None and view.alarm.why == OUT_OF_REACH else ""
    if told:
        found.append(Line(f"Somebody before could not be reached. {told}", Sign.ALARM))
    return tuple(found)


def _told(view: View) -> str:
    """Who has been told or is being told; empty where nobody could be."""
    if view.alarm is None or view.alarm.person_id is None:
        return ""
    person = view.people[view.alarm.person_id]
    roles = (view.policy.role(name) for name in ROLES)
    title = next((f" ({one.title})" for one in roles if one.holder == person.email_key), "")
    return f"{person.name}{title} {'has been' if view.alarm.state == 'told' else 'is being'} told."


def _names(act: Act, emails: list[str]) -> list[str]:
    ids = act.store.people.ids_for(emails)
    return [act.store.people.get(ids[one]).name for one in emails]


def _listed(names: list[str], last: str) -> str:
    return f" {last} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)

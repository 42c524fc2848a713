"""The alarm about a request, and what its card says of it: that somebody is out of reach, or that nobody may decide it."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import Act
from handlers.alarms import sound
from handlers.effects import Effect
from handlers.matters.case import Case
from handlers.rules.availability import ROLES
from handlers.rules.routing import Route
from handlers.words import listed
from storage.records import Matter

AGAIN = timedelta(days=1)
OUT_OF_REACH, NOBODY_LEFT = "out_of_reach", "nobody_left"


def alarm(act: Act, matter: Matter, what: str, where: Route) -> tuple[Effect, ...]:
    """A word to whoever can mend it, where a role can't be reached or nobody may decide."""
    if not where.alarm:
        return ()
    out = _names(act, [email for email, why in where.passed_over if why == "unreachable"])
    if where.approvers:
        asked = listed(_names(act, [one.email for one in where.approvers]), "or")
        told = f"{listed(out, 'and')} can’t be reached, so {asked} was asked about {what}."
        return sound(act, matter.id, OUT_OF_REACH, told)
    missed = f" {listed(out, 'and')} can’t be reached." if out else ""
    told = f"Nobody may decide {what} at the moment.{missed} Please see who can."
    return sound(act, matter.id, NOBODY_LEFT, told)


def unheard(case: Case) -> bool:
    """Whether nobody could be told a day ago that nobody may decide it: then it is tried again."""
    if case.matter.state != "stuck" or case.alarm is None or case.alarm.state != "nobody":
        return False
    return case.now - case.alarm.raised_at >= AGAIN


def told(case: Case) -> str:
    """Who has been told or is being told; empty where nobody could be."""
    if case.alarm is None or case.alarm.person_id is None:
        return ""
    person = case.people[case.alarm.person_id]
    roles = (case.policy.role(name) for name in ROLES)
    title = next((f" ({one.title})" for one in roles if one.holder == person.email_key), "")
    return f"{person.name}{title} {'has been' if case.alarm.state == 'told' else 'is being'} told."


def _names(act: Act, emails: list[str]) -> list[str]:
    ids = act.store.people.ids_for(emails)
    return [act.store.people.get(ids[one]).name for one in emails]

"""The weekly digest is made for its readers and seen by one of them; where nobody has seen it in time, the next reader is asked too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from handlers.acting import Act, Done
from handlers.alarms import silence, warned_by
from handlers.digest.state import View, load, load_for_reader, with_readers
from handlers.door import Repeated
from handlers.effects import Effect, Home
from handlers.handling import handler
from handlers.ids import new_id
from handlers.matters import asking
from handlers.matters.asking import (
    alarm,
    ask_these,
    brought_in,
    changed,
    on_record,
    parties,
    reached,
    shows,
    takes_part,
)
from handlers.matters.case import approvers
from handlers.matters.reminding import tell
from handlers.policy.values import RoleName
from handlers.rules import deadlines as rule
from handlers.rules.routing import beyond
from storage.tables.reviews import Digest


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last verification of the log found: so many entries, so many things that do not fit, and when (aware).

    Not `compared`: the journal outside the database could not be read then, or was lost.
    """

    entries: int
    faults: int
    at: datetime
    compared: bool = True


NOT_SEEN = "digest.not_seen"


def is_due(act: Act) -> bool:
    """Whether this week's digest is to be made now; only reads."""
    week = rule.week_of(act.policy, act.now).isoformat()
    made, before = act.store.digests.of_week(week) is not None, act.store.digests.any_before(week)
    return rule.is_due(act.policy, act.now, made=made, before=before)


@handler("digest.make")
def make(act: Act, verified: Verified | None = None) -> Done[None]:
    """Another process may have made it meanwhile: then there is nothing to do."""
    if not is_due(act):
        return Done(None, quiet=True)
    week, found = rule.week_of(act.policy, act.now).isoformat(), verified
    digest = Digest(id=new_id("WK"), week=week, asked_at=act.now, line=act.policy.company.home_line)
    if found is not None:
        digest.verified_to, digest.faults = found.entries, found.faults
        digest.compared, digest.verified_at = found.compared, found.at
    act.store.digests.add(digest)
    detail, effects = _ask_readers(act, digest)
    act.store.deadlines.set(NOT_SEEN, digest.id, rule.seen_by(act.policy, act.now))
    return Done(
        None, effects, digest.id, {**detail, "week": week, "verified_to": digest.verified_to, "faults": digest.faults}
    )


@handler("digest.see", about="digest")
def see(act: Act, digest: str) -> Done[None]:
    """Somebody who was asked has seen it."""
    view, authority = load_for_reader(act, digest)
    if not view.digest.is_open:
        raise Repeated(view.digest.id)
    detail = takes_part(act, view, authority)
    view.digest.state, view.digest.seen_by, view.digest.closed_at = "seen", act.me.id, act.now
    act.store.deadlines.drop(NOT_SEEN, view.digest.id, act.now)
    homes = (Home(one, home.platform) for one in view.everybody() for home in act.store.people.homes(one))
    return Done(None, (*_redrawn(act, view), *homes), detail=detail | {"role": authority.role})


@handler("digest.pass_on", about="matter")
def pass_on(act: Act, matter: str) -> Done[None]:
    """The next reader is asked, and told in working hours; if nobody is left, somebody who can see to it is told."""
    view, fell = load(act, matter), act.store.deadlines.moment(NOT_SEEN, matter)
    if not view.digest.is_open or view.digest.passed_on_at is not None:
        return Done(None, quiet=True)
    asked = frozenset(cast("RoleName", one.role) for one in approvers(view))
    found = beyond(view.circumstances, asked)
    new = ask_these(act, view, [one for one in found if act.store.people.may_act(one.email)])
    view.digest.passed_on_at = act.now
    tell(act, view.digest, NOT_SEEN, new, fell or act.now)
    words = f"No one has seen {view.what}, and no one else is left to ask. Please see that someone does."
    told, whom = ((), {}) if new else silence(act, view.digest.id, words, fell)
    return Done(None, (*told, *_redrawn(act, view)), detail={**brought_in(view, new), **whom})


def _redrawn(act: Act, view: View) -> tuple[Effect, ...]:
    """A new revision for everybody but those who have yet to hear that it came to them."""
    coming = (one.person_id for one in act.store.reminders.coming(view.digest.id, NOT_SEEN))
    new = {one for one in coming if act.store.outbox.copy(view.digest.id, one) is None}
    return tuple(one for one in changed(view) if one.person not in new)


def _ask_readers(act: Act, digest: Digest) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Ask its readers; what the audit log says of it, and who gets its card."""
    view = with_readers(act, digest)
    where = reached(act, view.circumstances)
    digest.state = "waiting" if where.approvers else "stuck"
    asked = parties(act, digest, where)
    for one in asked:
        act.store.matters.ask(one)
    told = alarm(act, digest, view.what, where)
    return {**on_record(asked), **warned_by(told)}, (*told, *shows(digest, [one.person_id for one in asked]))


@handler("digest.reroute", about="matter")
def reroute(act: Act, matter: str, person: int, code: str, outgoing: str, began: datetime | None = None) -> Done[None]:
    """The delivery: a reader can't be reached."""
    return asking.reroute(act, load(act, matter), person, code, outgoing, began)


@handler("digest.recheck", about="matter")
def recheck(act: Act, matter: str) -> Done[None]:
    """The clock: roles and absences change."""
    return asking.recheck(act, load(act, matter))

"""The weekly digest is made for its readers and seen by one of them; where nobody has seen it in time, the next reader is asked too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.acting import Context, Result
from handlers.digest.state import DigestCase
from handlers.door import Repeated
from handlers.effects import Effect, Home
from handlers.handling import handler
from handlers.matters import asking
from handlers.matters.asking import (
    brought_in,
    bump_and_redraw,
    close_matter,
    takes_part,
)
from handlers.matters.reminding import schedule_reminder
from handlers.rules import deadlines as rule
from handlers.sealing import new_id
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


def is_due(ctx: Context) -> bool:
    """Whether this week's digest is to be made now; only reads."""
    week = rule.week_of(ctx.policy, ctx.now).isoformat()
    made = ctx.store.matters.submitted(Digest, week) is not None
    before = ctx.store.first_row(Digest, Digest.week < week) is not None
    return rule.is_due(ctx.policy, ctx.now, made=made, before=before)


@handler("digest.make")
def make_digest(ctx: Context, verified: Verified | None = None) -> Result[None]:
    """Another process may have made it meanwhile: then there is nothing to do."""
    if not is_due(ctx):
        return Result(None, quiet=True)
    week, found = rule.week_of(ctx.policy, ctx.now).isoformat(), verified
    digest = Digest(id=new_id("WK"), week=week, asked_at=ctx.now, line=ctx.policy.company.home_line)
    if found is not None:
        digest.verified_to, digest.faults = found.entries, found.faults
        digest.compared, digest.verified_at = found.compared, found.at
    ctx.store.insert(digest)
    detail, effects = asking.begin_asking(ctx, DigestCase.of(ctx, digest))
    ctx.store.deadlines.set(NOT_SEEN, digest.id, rule.seen_by(ctx.policy, ctx.now))
    return Result(
        None, effects, digest.id, {**detail, "week": week, "verified_to": digest.verified_to, "faults": digest.faults}
    )


@handler("digest.see", about="digest")
def mark_seen(ctx: Context, digest: str) -> Result[None]:
    """Somebody who was asked has seen it."""
    case, authority = DigestCase.load_for_decider(ctx, digest)
    if not case.matter.is_open:
        raise Repeated(case.matter.id)
    detail = takes_part(ctx, case, authority)
    close_matter(ctx, case.matter, "seen")
    case.matter.seen_by = ctx.me.id
    homes = (Home(one, home.platform) for one in case.everybody() for home in ctx.store.people.homes(one))
    return Result(None, (*_redraw_told(ctx, case), *homes), detail=detail | {"role": authority.role})


@handler("digest.pass_on", about="matter")
def pass_on(ctx: Context, matter: str) -> Result[None]:
    """The next reader is asked, and told in working hours; if nobody is left, somebody who can see to it is told."""
    case, fell = DigestCase.load(ctx, matter), ctx.store.deadlines.moment(NOT_SEEN, matter)
    if not case.matter.is_open or case.matter.passed_on_at is not None:
        return Result(None, quiet=True)
    new = asking.ask_next(ctx, case)
    case.matter.passed_on_at = ctx.now
    schedule_reminder(ctx, case.matter, NOT_SEEN, new, fell or ctx.now)
    words = f"No one has seen {case.what}, and there is no one else to ask. Please find someone who can."
    told = () if new else asking.sound_alarm(ctx, case.matter.id, asking.NOBODY_LEFT, words)
    return Result(None, (*told, *_redraw_told(ctx, case)), detail={**brought_in(case, new), **asking.warned_by(told)})


def _redraw_told(ctx: Context, case: DigestCase) -> tuple[Effect, ...]:
    """A new revision for everybody but those who have yet to hear that it came to them."""
    coming = (one.person_id for one in ctx.store.reminders.coming(case.matter.id, NOT_SEEN))
    new = {one for one in coming if ctx.store.outbox.copy(case.matter.id, one) is None}
    return tuple(one for one in bump_and_redraw(case) if one.person not in new)

"""A month's draw: the lists are frozen, the beacon's round decides, and where it is late the Head may do without it (P10)."""

from datetime import UTC, timedelta
from typing import NamedTuple

from handlers.acting import Context, Result, handler
from handlers.matters import asking, reminding
from handlers.random_review import reviews
from handlers.random_review.state import DrawCase
from handlers.rules import Refused
from handlers.rules import draw_file as beacon
from handlers.rules import random_review as rule
from handlers.rules.draw_file import Frozen, Listed, Source
from handlers.sealing import new_id
from storage.tables.reviews import Draw

CALENDAR, FREEZE, ROUND, LATE = "random_review", *(f"random_review.{one}" for one in ("freeze", "round", "late"))

BEHIND, TO_ASK = timedelta(hours=1), timedelta(minutes=10)


class AwaitedRound(NamedTuple):
    """A beacon round that is published, and the draw that is waiting for it."""

    draw: str
    beacon: Source
    round: int


@handler("random_review.schedule", clause="P10", about=lambda: "random_review")
def schedule_draw(ctx: Context) -> Result[None]:
    """Set the clock for the next draw: this month's on the first day of use, later the next month's.

    An overdue draw, or one that the policy now has earlier, is made at once, so that no month is left out.
    """
    coming = ctx.store.deadlines.coming(FREEZE, CALENDAR)
    at = rule.replan_opening(ctx.policy, coming, ctx.now) if coming else rule.first_opening(ctx.policy, ctx.now)
    if coming != at:
        ctx.store.deadlines.set(FREEZE, CALENDAR, at)
    return Result(None, quiet=True)


@handler("random_review.freeze", clause="P10")
def freeze_draws(ctx: Context, what: str = "random_review") -> Result[None]:
    """Freeze the month's lists, once for each month with calls, even a missed one. Run by the clock.

    The log has their hash before the beacon's round is published. `what` is the deadline's key.
    """
    fell = min(ctx.now, ctx.store.deadlines.moment(FREEZE, CALENDAR) or ctx.now)
    ctx.store.deadlines.set(FREEZE, CALENDAR, rule.next_opening(ctx.policy, fell))
    month = rule.month_of(ctx.policy, fell)
    if ctx.store.matters.submitted(Draw, month) is not None:
        return Result(None, quiet=True)
    draw, lists = new_id("RD"), _department_lists(ctx, month)
    if not any(one.calls or one.left_out for one in lists.values()):
        return Result(None, quiet=True)
    frozen = _frozen_draw(ctx, draw, month, lists)
    published = beacon.published_at(frozen.beacon, frozen.round)
    ctx.store.insert(
        Draw(
            id=draw, month=month, frozen=frozen.model_dump(mode="json"), list_hash=frozen.list_hash, asked_at=ctx.now,
            due_at=fell, line=ctx.policy.company.home_line,
        )
    )  # fmt: skip
    ctx.store.deadlines.set(ROUND, draw, published)
    ctx.store.deadlines.set(LATE, draw, rule.late_at(ctx.policy, published))
    detail = {
        "month": month, "list_hash": frozen.list_hash, "chain": frozen.beacon.chain, "round": frozen.round,
        "number_hash": frozen.number_hash,
        **reminding.lateness_detail(ctx, fell),
    }  # fmt: skip
    return Result(None, subject=draw, detail=detail)


def _frozen_draw(ctx: Context, draw: str, month: str, lists: dict[str, Listed]) -> Frozen:
    """Return what is fixed before the draw: the lists, the policy's numbers, the beacon's round and the own number's hash."""
    review = ctx.policy.random_review
    return Frozen(
        company=ctx.policy.company.name, month=month, frozen_at=ctx.now.astimezone(UTC).isoformat(),
        share_percent=rule.share_text(review.share_percent), minimum=review.minimum, departments=lists,
        beacon=Source(**review.beacon.model_dump()), round=beacon.round_after(review.beacon, ctx.now),
        number_hash=rule.hash_of(bytes.fromhex(own_number(ctx, draw))),
    )  # fmt: skip


def own_number(ctx: Context, draw: str) -> str:
    """Return the bot's own number for a draw; it follows from the draw's id and a lasting key, so no one can choose it later."""
    return ctx.keys.mark("random review", draw)


def _department_lists(ctx: Context, month: str) -> dict[str, Listed]:
    """Return each department's list of calls, even an empty one; calls left out are only counted, by cause."""
    calls = ctx.store.draws.candidates(*rule.month_bounds(ctx.policy, month))
    declined = ctx.store.draws.declined(one.id for one in calls)
    held: dict[str, list[str]] = {name: [] for name in ctx.policy.departments}
    out: dict[str, dict[rule.Cause, int]] = {name: {} for name in held}
    for one in calls:
        mine, left = held.setdefault(one.department, []), out.setdefault(one.department, {})
        if (found := reviews.cause_left_out(ctx, one, declined)) is None:
            mine.append(str(one.id))
        else:
            left[found[0]] = left.get(found[0], 0) + 1
    return {
        name: Listed(calls=tuple(sorted(mine)), left_out=dict(sorted(out[name].items())))
        for name, mine in sorted(held.items())
    }


def awaited_rounds(ctx: Context) -> list[AwaitedRound]:
    """Return the published rounds that draws are waiting for."""
    found = ((one.id, Frozen.model_validate(one.frozen)) for one in ctx.store.matters.open(Draw))
    return [
        AwaitedRound(draw, frozen.beacon, frozen.round)
        for draw, frozen in found
        if beacon.published_at(frozen.beacon, frozen.round) <= ctx.now
    ]


@handler("random_review.round", clause="P10", about="matter")
def expect_round(ctx: Context, matter: str) -> Result[None]:
    """Do nothing here: the deadline only wakes the worker, which fetches the round outside any transaction. Run by the
    clock.
    """
    return Result(None, quiet=True)


@handler("random_review.no_beacon", clause="P10", about="matter")
def note_trouble(ctx: Context, matter: str, trouble: str) -> Result[None]:
    """Note what the beacon did instead of answering (a key of `cards.TROUBLE`); it is asked again."""
    case = DrawCase.load(ctx, matter)
    if not case.matter.is_open or case.matter.trouble == trouble:
        return Result(None, quiet=True)
    case.matter.trouble = trouble
    return Result(None, asking.bump_and_redraw(case), detail={"trouble": trouble})


@handler("random_review.draw", clause="P10", about="matter")
def draw_with_beacon(ctx: Context, matter: str, signature: str) -> Result[None]:
    """Draw with the beacon: the seed is the SHA-256 of the list's hash and the round's randomness."""
    case = DrawCase.load(ctx, matter)
    if not case.matter.is_open:
        return Result(None, quiet=True)
    case.matter.signature = signature
    return _complete_draw(ctx, case, {"signature": signature})


@handler("random_review.late", clause="P10", about="matter")
def ask_head(ctx: Context, matter: str) -> Result[None]:
    """Ask the Head whether to draw without the beacon, which is still asked meanwhile. Run by the clock.

    After an outage of the bot itself the beacon is asked first.
    """
    case = DrawCase.load(ctx, matter)
    if not case.matter.is_open:
        return Result(None, quiet=True)
    fell = ctx.store.deadlines.moment(LATE, case.matter.id) or ctx.now
    if ctx.now - fell > BEHIND:
        ctx.store.deadlines.set(LATE, case.matter.id, ctx.now + TO_ASK)
        return Result(None, quiet=True)
    detail, effects = asking.ask_and_redraw(ctx, case)
    return Result(None, effects, detail=detail)


@handler("random_review.draw_with_number", clause="P10", about="matter")
def draw_with_number(ctx: Context, matter: str) -> Result[None]:
    """Draw with the bot's own number, on the Head's word; the month's file says that this is weaker."""
    case, authority = DrawCase.load_for_decider(ctx, matter)
    if not case.matter.is_open:
        raise Refused("These calls have already been drawn.", clause="P10", code="already")
    if not case.late:
        raise Refused(
            "The beacon still has time. I’ll ask you once it is a working day late.", clause="P10", code="early"
        )
    number = own_number(ctx, case.matter.id)
    if rule.hash_of(bytes.fromhex(number)) != case.frozen.number_hash:
        told = "I can’t find the number that I fixed with the lists, so only the beacon can decide."
        raise Refused(told, clause="P10", code="no_number")
    stepped_in = asking.take_part(ctx, case, authority)
    case.matter.number = number
    return _complete_draw(ctx, case, {"number": number, **stepped_in})


def _complete_draw(ctx: Context, case: DrawCase, by: dict[str, object]) -> Result[None]:
    """Complete the draw: give its calls to reviewers, and set when reviewing ends. `by` says in the log what decided it."""
    draw = case.matter
    draw.state, draw.closed_at, draw.trouble = "drawn", ctx.now, ""
    draw.review_until = rule.reviewed_by(ctx.policy, ctx.now)
    ctx.store.deadlines.drop(draw.id, LATE)
    ctx.store.deadlines.set(reviews.END, draw.id, draw.review_until)
    reviews.assign_reviewers(ctx, DrawCase.of(ctx, draw))
    reviews.schedule_next_morning(ctx, draw)
    case = DrawCase.of(ctx, draw)
    detail = {"seed": case.seed, "until": draw.review_until.isoformat(), **by}
    return Result(None, (*asking.bump_and_redraw(case), *reviews.tell_unassigned(ctx, case)), detail=detail)

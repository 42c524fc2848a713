"""Each drawn call goes to a reviewer; what is lost is passed over, and the next of the drawn order takes its place (P10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from handlers.acting import Act, Done
from handlers.ids import new_id
from handlers.matters.asking import changed
from handlers.random_review import intents
from handlers.random_review.freezing import cause
from handlers.random_review.reminding import GIVE
from handlers.random_review.view import View, load, seen
from handlers.rules import random_review as rule
from handlers.rules.access import company_day
from handlers.rules.drawing import first_of, order_of
from storage.draw_records import CallReview, DrawList
from storage.draws import Candidate
from storage.records import Recording

LIVE = ("waiting", "reviewed", "over")
"""How a review stands by which its call counts as drawn."""


def fill(act: Act, intent: intents.Fill) -> Done[None]:
    """The clock: a call that was lost before it was reviewed is passed over, and the next of the order takes its place."""
    view = load(act, intent.matter)
    if view.draw.state != "drawn":
        return Done(None, quiet=True)
    lost = {one.id: why for one in view.reviews if (why := _lost(act, view, one))}
    given = filled(act, seen(act, view.draw))
    if not lost and not given:
        return Done(None, quiet=True)
    return Done(None, changed(seen(act, view.draw)), detail={"lost": lost, **on_record(given)})


def lose(act: Act, review: CallReview, why: str, state: str = "lost") -> None:
    """A call is passed over, or goes to another reviewer: nobody hears it by this review any more."""
    review.state, review.closed_at, review.cause = state, act.now, why
    grant = act.store.grants.of(review.id)
    if grant is not None and grant.ended_at is None and act.now < grant.ends_at:
        grant.ended_at, grant.ended_why = act.now, "lost"
    act.store.deadlines.drop(GIVE, review.id, act.now)


def why_lost(act: Act, call: Recording, version: int | None = None) -> str:
    """Why a call can't be reviewed as things are, by its cause; empty where it can."""
    if version is not None and call.version != version:
        return "changed"
    if call.state == "out_of_scope":
        return "outside"
    declined = act.store.draws.declined([call.id])
    return cause(act, Candidate(call.id, call.department, call.line, call.started, call.state, call.erase_at), declined)


def _lost(act: Act, view: View, review: CallReview) -> str:
    """Why it is passed over from now on; empty for one that is not."""
    if review.state != "waiting":
        return ""
    [named] = act.store.recordings.named_by(review.id)
    why = why_lost(act, view.calls[review.recording_id], named.version)
    if why:
        lose(act, review, why)
    return why


def filled(act: Act, view: View) -> list[CallReview]:
    """Until as many calls are drawn as are wanted, or none is left: each goes to a reviewer or is passed over."""
    return [one for listed in view.lists if listed.seed for one in _of_list(act, view, listed)]


def _of_list(act: Act, view: View, listed: DrawList) -> list[CallReview]:
    mine = [one for one in view.reviews if one.department == listed.department]
    skipped = {str(one.recording_id) for one in mine if one.state == "lost"}
    drawn = {str(one.recording_id) for one in mine if one.state in LIVE}
    order, new = order_of(map(str, listed.calls), listed.seed), list[CallReview]()
    while missing := [one for one in first_of(order, listed.wanted, skipped) if one not in drawn]:
        [call] = act.store.recordings.all_of([int(missing[0])])
        review = _reviewed(act, view, listed, call, order.index(missing[0]))
        (skipped if review.state == "lost" else drawn).add(missing[0])
        new.append(review)
    return new


def _reviewed(act: Act, view: View, listed: DrawList, call: Recording, place: int) -> CallReview:
    """The call goes to the reviewer whose turn it is and who was not on it; else it is lost at once."""
    before = {
        one.reviewer for one in view.reviews if one.recording_id == call.id and one.state == "passed" and not one.cause
    }
    why = why_lost(act, call)
    reviewer = None if why else _whose(act, view, call, place, before)
    review = CallReview(
        id=new_id("RV"), draw_id=view.draw.id, department=listed.department, recording_id=call.id, place=place,
        reviewer=reviewer, asked_at=act.now, line=call.line,
    )  # fmt: skip
    if reviewer is None:
        review.state, review.cause, review.closed_at = "lost", why or "own", act.now
    act.store.draws.review(review)
    if reviewer is not None:
        act.store.deadlines.set(GIVE, review.id, act.now)
    return review


def _whose(act: Act, view: View, call: Recording, place: int, before: Collection[int | None]) -> int | None:
    """The reviewers who are there in turn, in the order of the draw; all of them, where all are away."""
    day, people = company_day(act.policy, act.now), act.store.people
    named = people.named(view.draw.reviewers)
    mine = (named[one] for one in view.draw.reviewers if one not in before)
    may = [one for one in mine if one.email_key in act.policy.roles.reviewers.holders and people.may_act(one.email_key)]
    there = [one for one in may if not act.today.is_away(one.email_key, day)] or may
    keys = (call.operator_key, *call.operators_before.split())
    on_it = people.aliases(key for key in keys if key)
    return rule.whose(place, on_it, [(one.id, frozenset({one.email_key})) for one in there])


def on_record(given: Iterable[CallReview]) -> dict[str, object]:
    """What the audit log says of calls that were given to reviewers or passed over: by the review's id, the call and the cause."""
    return {"reviews": {one.id: [one.recording_id, one.reviewer, one.cause] for one in given}}

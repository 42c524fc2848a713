"""How a review ends: it was held, a second person agreed that there is none, or another takes its place (P14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.matters.alarming import alarm
from handlers.matters.asking import ask_anew, changed, takes_part
from handlers.policy_review.cards import already
from handlers.policy_review.forms import CompleteForm
from handlers.policy_review.reminding import schedule
from handlers.policy_review.view import View, deciding, due, seen
from handlers.rules import policy_review as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from storage.tables.policy import PolicyReview


def introduction(act: Act, review: str) -> str:
    """What stands above the form; raises `Refused` where there is nothing left to complete, or nothing for this person."""
    _deciding(act, review, "review")
    return ""


@handler("policy_review.complete", clause="P14", about="matter")
def complete(act: Act, matter: str, form: CompleteForm) -> Done[None]:
    """The review was held; the next one is due on the day that it set."""
    view, authority = _deciding(act, matter, "review")
    review = view.review
    rule.complete(act.policy, act.now, rule.Held(form.held, form.following), _earliest(view))
    review.took_part, review.outcome, review.outcome_words = form.took_part, form.outcome, form.words
    review.held_on, review.next_on, review.completed_by = form.held.isoformat(), form.following.isoformat(), act.me.id
    _close(act, review, "completed")
    stepped_in = takes_part(act, view, authority)
    covers = [one for one in act.store.reviews.open() if _stands_for(act, form.held, one)]
    effects = (*changed(view), *cover(act, covers, review.id), *_word(view, act, f"{act.me.name} completed the review"))
    schedule(act)
    detail = {
        "held": review.held_on, "next": review.next_on, "outcome": review.outcome, "covers": [one.id for one in covers],
        **stepped_in,
    }  # fmt: skip
    return Done(None, effects, detail=detail)


@handler("policy_review.confirm", clause="P14", about="matter")
def confirm(act: Act, matter: str) -> Done[None]:
    """A second person agrees that a change is not significant, so no review begins."""
    view, authority = _deciding(act, matter, "second")
    view.review.seconded_by, view.review.seconded_at = act.me.id, act.now
    _close(act, view.review, "settled")
    stepped_in = takes_part(act, view, authority)
    effects = (*changed(view), *_word(view, act, f"{act.me.name} confirmed that the change is not significant"))
    return Done(None, effects, detail=stepped_in)


@handler("policy_review.disagree", clause="P14", about="matter")
def disagree(act: Act, matter: str) -> Done[None]:
    """A second person calls it significant, so the review begins now, for both roles."""
    view, authority = _deciding(act, matter, "second")
    review = view.review
    review.seconded_by, review.seconded_at, review.stage = act.me.id, act.now, "review"
    review.due_on = company_day(act.policy, act.now).isoformat()
    stepped_in = takes_part(act, view, authority)
    asked, where = ask_anew(act, view)
    told = alarm(act, review, view.what, where) if review.state == "stuck" else ()
    word = _word(view, act, f"{act.me.name} called the change significant, so the policy is reviewed now")
    schedule(act)
    detail = {**asked, **stepped_in, **warned_by(told), "due": review.due_on}
    return Done(None, (*told, *changed(view, asked["asked"]), *word), detail=detail)


def cover(act: Act, reviews: Iterable[PolicyReview], by: str) -> tuple[Effect, ...]:
    """Close these since another review, or the policy file, stands for them; everybody's card says so."""
    effects: list[Effect] = []
    for one in reviews:
        one.covered_by = by
        _close(act, one, "covered")
        effects += changed(seen(act, one))
    return tuple(effects)


def overtaken(act: Act) -> list[PolicyReview]:
    """Reviews that were due, and are not near any more since the policy file names a later one."""
    day = due(act.store, act.policy)
    far = rule.begins_at(act.policy, day) > act.now
    return [one for one in act.store.reviews.open() if far and one.why == "due"]


def _deciding(act: Act, review: str, stage: str) -> tuple[View, Authority]:
    view, authority = deciding(act, review)
    done_by = view.review.completed_by if stage == "review" else view.review.seconded_by
    if not view.review.is_open and done_by == act.me.id:
        raise Repeated(review)
    if not view.review.is_open or view.review.stage != stage:
        raise Refused(already(view, act.me), clause="P14", code="already")
    return view, authority


def _earliest(view: View) -> date:
    """A change is reviewed once it was declared; what is due, after the review before."""
    if view.review.why == "change":
        return rule.day_of(view.policy, view.review.asked_at)
    return view.last + timedelta(days=1)


def _stands_for(act: Act, held: date, other: PolicyReview) -> bool:
    """Whether what was held on that day knew of the other one, too."""
    return other.stage == "review" and rule.day_of(act.policy, other.asked_at) <= held


def _close(act: Act, review: PolicyReview, state: str) -> None:
    review.state, review.closed_at = state, act.now
    act.store.deadlines.drop("policy_review.remind", review.id, act.now)


def _word(view: View, act: Act, what: str) -> tuple[Effect, ...]:
    """Whoever declared the change hears of it, since an edited card counts as read."""
    declarer, review = view.review.declared_by, view.review
    if declarer is None or declarer == act.me.id:
        return ()
    once = f"policy_review:{review.id}:{review.revision}"
    return (Tell(declarer, f"{what} ({review.id}). Press Details to read more.", once, "details", review.id),)

"""How a review begins: by the calendar, or because somebody declares a change of the recording system (P14)."""

from __future__ import annotations

from handlers import opening
from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.effects import Effect
from handlers.handling import handler
from handlers.ids import new_id
from handlers.matters.alarming import alarm
from handlers.matters.asking import on_record, parties, reached, shows
from handlers.policy_review.forms import DeclareForm
from handlers.policy_review.reminding import schedule
from handlers.policy_review.view import Declared, due, seen
from handlers.rules import policy_review as rule
from handlers.rules.access import company_day
from storage.tables.policy import PolicyReview


@handler("policy_review.begin_declaring", clause="P14")
def begin(act: Act, form: str = "", about: str = "", sought: str = "", *, new: bool = False) -> Done[None]:
    """Whoever may not declare a change reads so before anything is typed."""
    rule.declare(act.policy, act.me.email_key)
    return opening.open_form(act, form, about, sought, new=new)


def introduction(act: Act, _: str) -> str:
    """What stands above the form of a change; raises `Refused` as `begin`."""
    rule.declare(act.policy, act.me.email_key)
    return "A significant change starts a review of the policy now."


@handler("policy_review.open", clause="P14")
def open_(act: Act, policy: str = "policy") -> Done[None]:
    """The clock: the next review comes near, so its card goes to whoever reviews the policy."""
    day = due(act.store, act.policy)
    reviewing = any(one.stage == "review" for one in act.store.reviews.open())
    if reviewing or rule.begins_at(act.policy, day) > act.now:
        schedule(act)
        return Done(None, quiet=True)
    # Of one day there is one, whatever the clock does.
    review = PolicyReview(
        id=new_id("PR"), key=new_id("due"), why="due", stage="review", due_on=day.isoformat(), asked_at=act.now
    )
    detail, effects = _put(act, review)
    return Done(None, effects, review.id, detail)


@handler("policy_review.declare", clause="P14")
def declare(act: Act, form: DeclareForm, key: str) -> Done[Declared]:
    """A significant change begins a review; one that is called not significant waits for a second person."""
    me = act.me
    rule.declare(act.policy, me.email_key)
    if before := act.store.reviews.declared(key):
        return Done(Declared(before.id, before.stage == "review"), quiet=True)
    rule.change(act.policy, act.now, form.changed)
    significant = form.significant == "yes"
    review = PolicyReview(
        id=new_id("PR"), key=key, why="change", stage="review" if significant else "second",
        due_on=company_day(act.policy, act.now).isoformat(), declared_by=me.id, change=form.what,
        changed_on=form.changed.isoformat(), asked_at=act.now,
    )  # fmt: skip
    detail, effects = _put(act, review)
    act.store.people.prefers_first(me, act.who.platform)
    told = {"significant": significant, "changed": review.changed_on}
    return Done(Declared(review.id, significant), effects, review.id, detail | told)


def _put(act: Act, review: PolicyReview) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Store a new review and ask whoever is to see to it; what the audit log says of it, and who gets its card."""
    review.line = act.policy.company.home_line
    act.store.reviews.add(review, ())
    view = seen(act, review)
    where = reached(act, view.circumstances)
    review.state = "waiting" if where.approvers else "stuck"
    asked = parties(act, review, where)
    for one in asked:
        act.store.matters.ask(one)
    schedule(act)
    told = alarm(act, review, view.what, where)
    first = () if review.declared_by is None else (review.declared_by,)
    effects = (*told, *shows(review, [*first, *(one.person_id for one in asked)]))
    return {**on_record(asked), **warned_by(told), "due": review.due_on}, effects

"""What stands at home of the policy's review: what waits, when the next one is due, and how a change is declared (P14)."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Act
from handlers.cards import Button, Row, Sign, When
from handlers.lists import few, waiting
from handlers.policy_review.forms import DeclareForm
from handlers.policy_review.view import due
from handlers.room import Rows
from handlers.rules.policy_review import REVIEWING, may_declare
from handlers.words import day_words
from storage.tables.policy import PolicyReview

DECLARE = Button(DeclareForm.name, "Declare a change", "")


def lists(act: Act) -> Mapping[str, Rows]:
    """The lists of whoever has a role in it; for everybody else there are none."""
    me = act.me
    if me.email_key not in act.policy.roles.everybody():
        return {}
    found = {"waiting": waiting([_open_row(act, one, "primary") for one in act.store.reviews.waiting_for(me.id)])}
    if may_declare(act.policy, me.email_key):
        found["policy_review"] = few("The policy’s review", [_next_row(act), *_elsewhere(act)])
    return found


def _next_row(act: Act) -> Row:
    reviewing = (act.policy.role(name) for name in REVIEWING)
    if any(act.me.email_key in (role.holder, *role.deputies) for role in reviewing):
        return Row(f"Next review due by {day_words(due(act.store, act.policy), None)}", DECLARE)
    return Row("Does the recording system change?", DECLARE)


def _elsewhere(act: Act) -> list[Row]:
    """What is open and waits for others, where this person holds a copy."""
    mine = {one.id for one in act.store.reviews.waiting_for(act.me.id)}
    return [
        _open_row(act, one, "plain")
        for one in act.store.reviews.open()
        if one.id not in mine and act.me.id in act.store.matters.holders(one)
    ]


def _open_row(act: Act, review: PolicyReview, style: str) -> Row:
    what = "Is this change significant?" if review.stage == "second" else "Policy review"
    button = Button("details", "Details", review.id, "primary" if style == "primary" else "plain")
    return Row(f"{Sign.WAITING} {what}", button, ("since ", When(review.asked_at, now=act.now), f" · {review.id}"))

"""What a reviewer sees of a drawn call (P3, P10)."""

from __future__ import annotations

from datetime import datetime

from handlers.cards import Actions, Button, Card, Line, Part, Row, Said, Sign, Small, Title, When
from handlers.policy import Policy
from handlers.random_review.forms import OUTGOING, TOLD
from handlers.random_review.review_view import ReviewView
from handlers.random_review.words import department_words, month_words
from handlers.words import BROWSER, call_line, call_words
from storage.records import Recording
from storage.tables.draws import CallReview

STATES = {
    "waiting": (Sign.WAITING, "waiting for your review"), "reviewed": (Sign.APPROVED, "reviewed"),
    "over": (Sign.ENDED, "not reviewed in time"), "passed": (Sign.ENDED, "no longer with you"),
    "lost": (Sign.ENDED, "taken out of the draw"),
}  # fmt: skip
FOR_TRAINING = "For training and quality only. Using it against somebody takes an approval of its own (P9)."


def card(view: ReviewView, *, mine: bool = True) -> Card:
    """The card of a drawn call for its reviewer; or, where it is not `mine`, for whoever reads what was written."""
    sign, state = STATES[view.review.state]
    department = department_words(view.policy, view.review.department)
    return Card(
        (
            Title(sign, "Call to review", state),
            Line((f"{department}, {month_words(view.draw.month)}",)),
            Line(call_line(view.call, view.policy, view.now)),
            *_turn(view),
            *(() if mine else (Line(f"Reviewed by {view.people[one].name}.") for one in view.everybody())),
            *_written(view),
            *(_buttons(view) if mine else ()),
            Small(f"{view.review.id} · drawn by {view.draw.id} · P10"),
        ),
        f"A call drawn at random: {state}.",
    )


def row(review: CallReview, call: Recording, policy: Policy, now: datetime) -> Row:
    """One line for a list: which call, how it stands, and the way to it."""
    sign, state = STATES[review.state]
    small = (
        f"{department_words(policy, review.department)} · {call.direction} · with {call.operator_name} · {review.id}",
    )
    return Row(
        (f"{sign} ", *call_words([call], policy, now), "" if review.state == "waiting" else f" · {state}"),
        Button("details", "Details", review.id),
        small,
    )


def _turn(view: ReviewView) -> tuple[Part, ...]:
    if view.review.state != "waiting":
        return ()
    if view.grant is None:
        return (Line("You can hear it in a moment. Please press Details again."),)
    if not view.open:
        return (Line("It can’t be heard any more."),)
    until = When(view.grant.ends_at, now=view.now)
    return (
        Line(
            (
                "It was drawn at random, and it is your turn. You may hear it until ",
                until,
                ". Listen opens your browser.",
            )
        ),
        Line(FOR_TRAINING),
    )


def _written(view: ReviewView) -> tuple[Part, ...]:
    if view.written is None:
        return ()
    told = next((one.label for one in TOLD if one.value == view.review.told), "")
    return (
        *((Line(f"Told at the start that the call is recorded: {told}"),) if told else ()),
        Said("What was good", view.written.good),
        Said("Training", view.written.training),
    )


def _buttons(view: ReviewView) -> tuple[Part, ...]:
    if not view.open:
        return ()
    listen = Button("listen", "Listen", view.review.id, "primary", hint=BROWSER)
    about = f"{view.review.id}:{OUTGOING}" if view.outgoing else view.review.id
    return (Actions((listen, Button("call_review", "Review this call", about))),)

"""What the policy's review adds to the bot: the kind of matter, what is at home, and the room (P14)."""

from handlers import home, phrases, telling
from handlers.acting import Context
from handlers.cards import Button, Line, Page, Row, Sign
from handlers.matters.showing import MatterOf
from handlers.policy_review import cards, state, steps
from handlers.policy_review.state import DeclaredChange, DeclareForm, ReviewCase, known_reviews, next_due
from handlers.room import Asks, Does, Lists, Opens, Room
from handlers.rules.policy_review import REVIEWING, may_declare
from storage.tables.reviews import PolicyReview


def _declared_page(declared: DeclaredChange) -> Page:
    """Return the page shown after declaring a change."""
    who = phrases.list_words(declared.asked, "or")
    words = (
        f"The review of the policy begins now. {who or 'The reviewer'} has the card, and so do you."
        if declared.significant
        else f"I’ve asked {who or 'a second person'} whether the change is significant. Your card shows its status."
    )
    return Page("Declared", (Line(words), telling.details_button(declared.review)))


DECLARE = Button(DeclareForm.name, "Declare a change", "")


def review_lists(ctx: Context) -> Lists:
    """Return the lists for people with a role in the review; no one else has any."""
    me = ctx.me
    if me.id not in ctx.policy.seats.in_roles:
        return {}
    found = {"waiting": lambda: home.waiting_of(ctx, PolicyReview, _row_words)}
    if may_declare(ctx.policy, me.id):
        found["policy_review"] = lambda: home.short_list("The policy’s review", [_next_row(ctx), *_rows_elsewhere(ctx)])
    return found


def _next_row(ctx: Context) -> Row:
    """Return the row with the way to declare a change; for reviewers it says when the next review is due."""
    if any(ctx.me.id in ctx.policy.held(name).people for name in REVIEWING):
        day = next_due(ctx.policy, known_reviews(ctx.store))
        return Row(f"Next review due by {phrases.day_words(day, None)}", DECLARE)
    return Row("Is the recording system changing?", DECLARE)


def _rows_elsewhere(ctx: Context) -> list[Row]:
    """List open reviews that are waiting for others, if this person holds a copy."""
    found = ctx.store.matters.held_by(PolicyReview, ctx.me.id, waiting=False)
    rest = sorted(found, key=lambda one: (one.asked_at, one.id))
    return [home.waiting_row(ctx, one, _row_words(one), "plain") for one in rest]


def _row_words(review: PolicyReview) -> str:
    """Return what an open review is called at home."""
    return f"{Sign.WAITING} {'Is this change significant?' if review.stage == 'second' else 'Policy review'}"


REVIEWS = MatterOf(ReviewCase, cards.policy_review_card, steps.review_reminder_row)
ROOM = Room(
    "policy_review",
    buttons={
        "declare": Opens(state.DeclareForm.name, "Declare a change"),
        "review_complete": Opens(state.CompleteForm.name, "Complete the review"),
        "review_confirm": Does(steps.confirm_insignificant, "Confirm"),
        "review_disagree": Does(steps.call_significant, "It is significant"),
    },
    forms=(
        Asks(
            state.DeclareForm, lambda _, form, key: steps.declare_change(form, key),
            new=True, intro=steps.declaring_introduction, after=_declared_page,
        ),
        Asks(
            state.CompleteForm, lambda about, form, _: steps.complete_review(about, form),
            intro=steps.completing_introduction, supplied=state.supplied_next_review,
        ),
    ),
    due={steps.OPEN: steps.open_review, steps.REMIND: steps.remind_of_review},
    matter=REVIEWS,
    lists=review_lists,
)  # fmt: skip

"""What the random review brings: the month's draws, and the calls that they give to reviewers (P10)."""

from collections.abc import Sequence

from handlers.acting import Context, Result, handler
from handlers.cards import Card, Page
from handlers.home import leaf_parts, short_list
from handlers.matters import asking
from handlers.matters.showing import MatterOf
from handlers.random_review import cards, reviews, state, steps
from handlers.room import Asks, Chore, Does, Hands, Opens, Room, Shows, page_saying
from handlers.rules import Refused
from storage.database.store import Store
from storage.tables.reviews import CallReview, Draw

LAST = 3
"""How many of the last draws are checked each day for calls without a reviewer."""


class Draws(MatterOf[state.DrawCase]):
    """P10: draws of a month's calls, `RD-…`."""

    def drawn(self, ctx: Context, case: state.DrawCase, reader: int, *, whole: bool) -> Card:
        """Draw the draw's card; the Head also reads what reviewers wrote. See `MatterOf.drawn`."""
        return cards.draw_card(case, reader, head=cards.is_head(ctx, reader), whole=whole)

    def may_look(self, ctx: Context, case: state.DrawCase, reader: int) -> bool:
        """Return True for the Head, who may open Details without a copy of the card, as she may have been told of the draw in
        words; see `MatterOf.may_look`.
        """
        return cards.is_head(ctx, reader)

    def waiting(self, store: Store) -> Sequence[str]:
        """Return the ids that are waiting, and those with a call that may be lost or need another reviewer."""
        newest = store.rows(Draw, by=(Draw.month.desc(),), most=LAST)
        looked_at = [one.draw_id for one in store.matters.open(CallReview)]
        looked_at += [one.id for one in newest if one.state == "drawn"]
        return list(dict.fromkeys([*super().waiting(store), *looked_at]))

    def _recheck(self, ctx: Context, matter: str) -> Result[None]:
        """Recheck a draw: a late one may be another person's to decide, and a new outage may take out drawn calls."""
        case = self.case(ctx, matter)
        if not case.matter.is_open:
            return reviews.replace_lost.do(ctx, matter)
        return asking.recheck_deciders(ctx, case) if case.late else Result(None, quiet=True)


class CallReviews(MatterOf[state.CallReviewCase]):
    """P10: drawn calls, each for one reviewer, `RV-…`. Their cards are only in Details; the draw reminds of all its calls at once."""

    def drawn(self, ctx: Context, case: state.CallReviewCase, reader: int, *, whole: bool) -> Card:
        """Draw the review's card; see `MatterOf.drawn`."""
        return cards.review_card(case, mine=reader in case.everybody())

    def may_look(self, ctx: Context, case: state.CallReviewCase, reader: int) -> bool:
        """Return True for the Head, who may open Details without a copy of the card once the review is written; that gives no
        access to the call.
        """
        return case.matter.state == "reviewed" and cards.is_head(ctx, reader)

    def _recheck(self, ctx: Context, matter: str) -> Result[None]:
        """Give the call to another reviewer if its own left; see `MatterOf`."""
        return reviews.reassign_review(ctx, self.case(ctx, matter))


def written_page(ctx: Context, value: str) -> Page:
    """Return a page of all reviews (`value`: the draw's id and an offset); raises `Refused` for anyone but the Head."""
    matter, _, offset = value.partition(":")
    found = state.DrawCase.load(ctx, matter)
    if not cards.is_head(ctx, ctx.me.id):
        raise Refused(found.kind.gone, code="unknown")
    rows = short_list(cards.WROTE, cards.written_rows(found, ctx.me.id))
    return Page(cards.WROTE, tuple(leaf_parts(cards.WRITTEN, f"{matter}:", offset, rows.number, rows.rows)))


@handler("random_review.file", clause="P10", about="matter")
def find_file(ctx: Context, matter: str) -> Result[str]:
    """Return the path of a draw's file to a holder of its card; anyone who knows the address can read the file."""
    case = state.DrawCase.load(ctx, matter)
    if case.matter.state != "drawn" or ctx.me.id not in case.everybody():
        raise Refused("There is no file of this draw.", clause="P10", code="undrawn")
    return Result(f"{cards.PATH}/{case.matter.id}.json", quiet=True)


DRAWS = Draws(state.DrawCase, cards.draw_card, reviews.draw_reminder_row)
REVIEWS_OF_CALLS = CallReviews(state.CallReviewCase, cards.review_card, lambda *_: None)
ROOM = Room(
    "random_review",
    buttons={
        cards.WITHOUT_BEACON: Does(steps.draw_with_number, "Draw without the beacon"),
        "draw_file": Hands(find_file, cards.file_page, "The file"),
        cards.WRITTEN: Shows(written_page, "Show all", back="matter", turns=True),
    },
    due={
        steps.FREEZE: steps.freeze_draws, steps.ROUND: steps.expect_round, steps.LATE: steps.ask_head, reviews.END: reviews.end_reviews, reviews.REMIND: reviews.remind_reviewers,
    },
    calls=Chore(lambda store, _: store.draws.lost(), (reviews.replace_lost,)),
    matter=DRAWS,
    lists=cards.home_lists,
)  # fmt: skip

REVIEWS = Room(
    "call_reviews",
    buttons={state.ReviewForm.name: Opens(state.ReviewForm.name, "Review this call")},
    forms=(
        Asks(
            state.ReviewForm, lambda about, form, _: reviews.review_call(about, form),
            page_saying("The Head of Customer Success can read your review."), variant=state.form_for, intro=reviews.review_introduction,
        ),
    ),
    due={reviews.GIVE: reviews.give_access},
    matter=REVIEWS_OF_CALLS,
)  # fmt: skip

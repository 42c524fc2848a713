"""What the random review brings: the month's draws, and the calls that they give to reviewers (P10)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import opening
from handlers.acting import Act, Done
from handlers.cards import Line, Page, Row
from handlers.handling import handler
from handlers.home import few, leaf
from handlers.random_review import cards, forms, reviews, state, steps
from handlers.room import Asks, Chore, Does, Hands, Opens, Room, Shown, Shows, Step
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.matters import Reminder

LAST = 3
"""Of so many draws it is looked at with each day whether all that was drawn has a reviewer."""


class Draws:
    """P10: draws of a month's calls, `RD-…`."""

    prefix = "RD-"
    gone = state.NO_DRAW
    reroute, recheck = steps.reroute, steps.recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; the Head may look at a draw that was told of in words."""
        found, head = self.case(act, matter), _is_head(act, reader)
        if reader not in found.everybody() and not (whole and head):
            return None
        return Shown(cards.draw_card(found, reader, head=head, whole=whole), found.draw.revision)

    def written(self, act: Act, value: str) -> Page:
        """All that reviewers wrote, on pages: `value` is the draw's id and after how many; raises `Refused` for anybody but the Head."""
        matter, _, told = value.partition(":")
        found = self.case(act, matter)
        if not _is_head(act, act.me.id):
            raise Refused(state.NO_DRAW, code="unknown")
        rows = few(cards.WROTE, cards.written_rows(found, act.me.id))
        return Page(cards.WROTE, tuple(leaf(cards.WRITTEN, f"{matter}:", told, rows)))

    def case(self, act: Act, matter: str) -> state.DrawView:
        """As `Matter.case`."""
        return state.load_draw(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return cards.reminder_row(self.case(act, reminder.matter_id), reminder.person_id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`: also those of which a call may be lost, or need another reviewer, with the day."""
        return list(dict.fromkeys([*store.matters.ids("draw"), *store.draws.to_look_at(LAST)]))

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids("draw", ("stuck",))


class CallReviews:
    """P10: drawn calls, each for one reviewer, `RV-…`. Its card is in Details alone."""

    prefix = "RV-"
    gone = state.NO_REVIEW
    reroute, recheck = reviews.reroute_review, reviews.recheck_review

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; the Head reads what was written of a call as well, and does not hear it by that."""
        found = self.case(act, matter)
        mine = reader in found.everybody()
        head = whole and found.review.state == "reviewed" and _is_head(act, reader)
        return Shown(cards.review_card(found, mine=mine), found.review.revision) if mine or head else None

    def case(self, act: Act, matter: str) -> state.ReviewView:
        """As `Matter.case`."""
        return state.load_review(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`: the draw reminds of all its calls at once."""
        return None

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return store.matters.ids("call_review")

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return []


def _is_head(act: Act, reader: int) -> bool:
    head = act.today.holders_on("head_of_customer_success", company_day(act.policy, act.now))
    return act.store.people.get(reader).email_key in head


@handler("random_review.file", clause="P10", about="matter")
def find_file(act: Act, matter: str) -> Done[str]:
    """The path of a draw's file, for a holder of its card; anybody may read the file who knows the address."""
    view = state.load_draw(act, matter)
    if view.draw.state != "drawn" or act.me.id not in view.everybody():
        raise Refused("There is no file of this draw.", clause="P10", code="undrawn")
    return Done(f"{cards.PATH}/{view.draw.id}.json", quiet=True)


def _sent(about: str) -> Page:
    return Page("Sent", (Line(f"The card of {about.partition(':')[0]} shows its status."),))


DRAWS, REVIEWS_OF_CALLS = Draws(), CallReviews()
begin = handler("random_review.begin", clause="P10")(opening.open_form)
ROOM = Room(
    "random_review",
    buttons={
        cards.WITHOUT_BEACON: Does(steps.draw_with_number, "Draw without the beacon"),
        "draw_file": Hands(find_file, cards.file_page, "The file"),
        cards.WRITTEN: Shows(DRAWS.written, "Show all", back="matter", turns=True),
    },
    due={
        steps.FREEZE: steps.freeze, steps.ROUND: steps.expect_round, steps.LATE: steps.ask_head, reviews.END: reviews.end_reviews, reviews.REMIND: reviews.remind,
    },
    calls=Chore(lambda store, _: store.draws.lost(), (Step(reviews.replace_lost),)),
    matter=DRAWS,
    lists=cards.home_lists,
)  # fmt: skip

REVIEWS = Room(
    "call_reviews",
    buttons={forms.ReviewForm.name: Opens(forms.ReviewForm.name, "Review this call")},
    forms=(
        Asks(
            forms.ReviewForm, begin, lambda about, form, _: reviews.review_call(about, form), _sent,
            variant=forms.form_for, intro=reviews.review_introduction,
        ),
    ),
    due={reviews.GIVE: reviews.give_access},
    matter=REVIEWS_OF_CALLS,
)  # fmt: skip

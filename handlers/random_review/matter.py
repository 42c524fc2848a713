"""A draw, and a drawn call, as matters: what every matter can be asked (P10)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act
from handlers.cards import Page, Row
from handlers.lists import few, leaf
from handlers.random_review import cards, intents, review_cards, view
from handlers.random_review import review_view as of_call
from handlers.random_review.reminding import row
from handlers.room import Shown
from handlers.rules.access import company_day
from handlers.rules.random_review import may_draw_again
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.reminders import Reminder

LAST = 3
"""Of so many draws it is looked at with each day whether all that was drawn is with a reviewer."""


class Draws:
    """P10: draws of a month's calls, `RD-…`."""

    prefix = "RD-"
    gone = view.GONE
    notice, reroute, recheck = intents.Notice, intents.Reroute, intents.Recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; the Head may look at a draw that was told of in words."""
        found = self.case(act, matter)
        head = _is_head(act, reader)
        if reader not in found.everybody() and not (whole and head):
            return None
        return Shown(cards.card(found, reader, head=head, whole=whole), found.draw.revision)

    def written(self, act: Act, value: str) -> Page:
        """All that reviewers wrote, on pages: `value` is the draw's id and after how many; raises `Refused` for anybody but the Head."""
        matter, _, told = value.partition(":")
        found = self.case(act, matter)
        if not _is_head(act, act.me.id):
            raise Refused(view.GONE, code="unknown")
        rows = few(cards.WROTE, cards.written_rows(found, act.me.id))
        return Page(cards.WROTE, tuple(leaf(cards.WRITTEN, f"{matter}:", told, rows)))

    def case(self, act: Act, matter: str) -> view.View:
        """As `Matter.case`."""
        return view.load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return row(self.case(act, reminder.matter_id), reminder.person_id)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`: also those of which a call may be lost, or belong to somebody else, with the day."""
        return list(dict.fromkeys([*store.matters.ids("draw"), *store.draws.to_look_at(LAST)]))

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`: a draw waits for nobody; it goes on with the lines there are."""
        return []


class CallReviews:
    """P10: drawn calls, each for one reviewer, `RV-…`. Its card stands in Details alone."""

    prefix = "RV-"
    gone = of_call.GONE
    notice, reroute, recheck = intents.NoticeReview, intents.RerouteReview, intents.RecheckReview

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; what was written of a call is for the Head to read as well, who does not hear it by that."""
        found = self.case(act, matter)
        mine = reader in found.everybody()
        head = whole and found.review.state == "reviewed" and _is_head(act, reader)
        return Shown(review_cards.card(found, mine=mine), found.review.revision) if mine or head else None

    def case(self, act: Act, matter: str) -> of_call.ReviewView:
        """As `Matter.case`."""
        return of_call.load_review(act, matter)

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
    return may_draw_again(act.today, act.store.people.get(reader).email_key, company_day(act.policy, act.now))

"""What the weekly digest brings to the house."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from handlers.acting import Context
from handlers.cards import Card, Row, Sign
from handlers.digest import steps
from handlers.digest.cards import details_card, digest_card, week_words
from handlers.digest.state import DigestCase, gather_news
from handlers.home import waiting_of
from handlers.matters.showing import MatterOf, kind_of
from handlers.room import Does, Room, Rows
from handlers.rules.refusal import Refused
from handlers.telling import reminder_line
from handlers.words import capitalise
from storage.matters import Reminder
from storage.tables.reviews import Digest


class Digests(MatterOf[DigestCase]):
    """One for each week, `WK-…`."""

    def drawn(self, ctx: Context, case: DigestCase, reader: int, *, whole: bool) -> Card:
        """As `MatterOf.drawn`: how things are now, as far as this reader may know."""
        news = gather_news(ctx, reader)
        found = self.card(case, news, reader)
        if not whole:
            return found
        named = {one.matter for one in news.waiting} | {keep.matter_id for keep, _ in news.kept}
        return details_card(found, case, news, (one for one in named if self._may_open(ctx, one, reader)))

    def may_look(self, ctx: Context, case: DigestCase, reader: int) -> bool:
        """Only its readers see it, whoever was told of an alarm about it."""
        return False

    def _may_open(self, ctx: Context, matter: str, reader: int) -> bool:
        with suppress(Refused):
            return kind_of(matter).shown(ctx, matter, reader, whole=True) is not None
        return False


def digest_reminder_row(case: DigestCase, told: Reminder) -> Row | None:
    """The next reader hears that nobody has seen it."""
    if not case.waits_for(told.person_id):
        return None
    words = f"{capitalise(case.what)} came to you because no one has seen it yet. Press Details, then Seen."
    return reminder_line(words, case.matter.id)


def list_unseen(ctx: Context) -> Mapping[str, Rows]:
    """At home: a row for each digest that this person is asked to see."""
    if ctx.me.id not in ctx.policy.seats.in_roles:
        return {}
    return {"waiting": waiting_of(ctx, Digest, lambda one: f"{Sign.WAITING} {week_words(one)}: please read it")}


ROOM = Room(
    "digest",
    buttons={"digest_see": Does(steps.mark_seen, "Seen")},
    due={steps.NOT_SEEN: steps.pass_on},
    matter=Digests(DigestCase, digest_card, digest_reminder_row),
    lists=list_unseen,
)

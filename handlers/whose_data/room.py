"""Whose data: operators read who listened to calls with them, when, why and by whose approval (P11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.acting import Context, Result
from handlers.cards import Page, Row
from handlers.handling import handler
from handlers.home import short_list
from handlers.matters.showing import hidden_inquiries
from handlers.room import Room, Rows, Shows
from handlers.rules import whose_data as rule
from handlers.rules.reasons import reason_of
from handlers.whose_data import cards
from handlers.whose_data.cards import Seen
from handlers.words import AT_RANDOM
from storage.whose_data import HeardCall, Marked


@handler("whose_data.untie", clause="P11")
def untie_matters(ctx: Context) -> Result[None]:
    """P11: all that are about one matter at once. While one of them is hidden, each may be why, and none is untied."""
    alike: dict[str, list[Marked]] = {}
    for one in ctx.store.whose_data.marked():
        alike.setdefault(one.about, []).append(one)
    over = [those for those in alike.values() if all(one.erased for one in those)]
    hidden = hidden_inquiries(ctx) if over else ()
    gone = (those for those in over if not any(one.id in hidden for one in those))
    ctx.store.whose_data.unmark([one.id for those in gone for one in those])
    return Result(None, quiet=True)


def listenings_of_reader(ctx: Context) -> list[Seen]:
    """Every listening that an operator may see, the newest first; the store is asked the same whether or not there is anything to hide."""
    return sorted((*_by_staff(ctx), *_by_customers(ctx)), key=lambda one: one.newest, reverse=True)


def show_page(ctx: Context, told: str) -> Page:
    """Who listened to calls with the reader, so many at a time; `told` is how many to pass over."""
    seen = listenings_of_reader(ctx)
    listed = Rows(cards.TITLE, len(seen), lambda most, skip: _listening_rows(ctx, seen[skip : skip + most]))
    return cards.listened_page(told, seen, listed, ctx.now)


def _whose_data_lists(ctx: Context) -> Mapping[str, Rows]:
    """The way to the page, the same for everybody and without a number: so a home tells nobody whether anything is there."""
    return {"whose_data": short_list(cards.HEADING, [cards.offered_row()])}


def _by_staff(ctx: Context) -> list[Seen]:
    hides, me = hidden_inquiries(ctx), ctx.me
    heard = ctx.store.whose_data.heard(me.id)
    return [_seen_by_staff(ctx, one) for one in heard if rule.may_see(one.request, hides, own=one.person == me.id)]


def _seen_by_staff(ctx: Context, one: HeardCall) -> Seen:
    reason = reason_of(ctx.policy, one.reason, longer=one.longer).label if one.reason else AT_RANDOM
    return Seen("staff", one.person, one.recording, reason, one.decided_by, one.decided_as, one.span)


def _by_customers(ctx: Context) -> list[Seen]:
    """P8: customers who had their own calls; where it was the operator's own call, that is the person who asks."""
    heard = ctx.store.whose_data.heard_by_customers(ctx.me.id)
    return [
        Seen("customer", ctx.me.id if one.own else None, one.recording, cards.OWN_CALL, one.decided_by, one.decided_as, one.span)
        for one in heard
    ]  # fmt: skip


def _listening_rows(ctx: Context, seen: Sequence[Seen]) -> list[Row]:
    calls = {one.id: one for one in ctx.store.recordings.all_of({one.call for one in seen})}
    people = ctx.store.people.named({who for one in seen for who in (one.who, one.by) if who is not None})
    return [cards.seen_row(one, calls[one.call], people, ctx.me.id, ctx.policy, ctx.now) for one in seen]


ROOM = Room(
    "whose_data",
    buttons={cards.BUTTON: Shows(show_page, cards.LABEL, turns=True)},
    lists=_whose_data_lists,
)

"""Whose data: operators read who listened to calls with them, when, why and by whose approval (P11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from handlers import home, phrases
from handlers.acting import Context, Result, handler
from handlers.cards import Button, Line, Page, Row, When, Words
from handlers.matters.showing import hidden_inquiries
from handlers.policy import Policy
from handlers.room import Lists, Room, Rows, Shows
from handlers.rules import whose_data as rule
from handlers.rules.access import reason_of
from storage.grants import AudioSpan
from storage.records import Person, Recording, Request
from storage.whose_data import HeardCall

HEADING = "Who listened to calls with me"
OWN_CALL = "Their own call (P8)"
"""The reason shown when a customer listened."""
TITLE = "Calls with me"  # a platform has room for 24 characters
LABEL, BUTTON = "Show", "whose_data"
OFFERED = "Who listened to calls with me: when, why, and by whose approval."
NOBODY = "No one has listened to a call with you."
PAST = "its time is up"
"""Shown instead of the caller once a call's time is up, so that it doesn't reveal whether something keeps the call."""
APART = timedelta(hours=1)
"""Listening again within this time counts as the same listening."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One listening as an operator sees it: `call` is an id, `reason` a label.

    `kind` says who listened: a member of staff with the id `who`, or the customer, who has no id here. `by` is the id
    of the approver, and `by_as` their role.
    """

    kind: Literal["staff", "customer"]
    who: int | None
    call: int
    reason: str
    by: int | None
    by_as: str
    span: AudioSpan

    @property
    def newest(self) -> tuple[datetime, int, int]:
        """The key to sort by: when it began, then what sets it apart from others."""
        return self.span.first, self.call, self.who or 0


def investigations_note(policy: Policy) -> str:
    """Say when investigations appear. Everyone reads this, so it doesn't reveal whether there is one."""
    return f"Investigations appear {phrases.months_after(policy.records.investigation_hidden_months)} they end."


def offered_row(policy: Policy) -> Row:
    """Return the row on everyone's home; it is always the same."""
    return Row(OFFERED, Button(BUTTON, LABEL, "0"), investigations_note(policy))


def number_words(seen: Sequence[Heard], now: datetime) -> Words:
    """Return how many calls with the reader were heard, by how many people, and when last."""
    if not seen:
        return NOBODY
    calls, people = len({one.call for one in seen}), len({one.who for one in seen})
    told = f"{phrases.quantity_words(calls, 'call')} with you {'was' if calls == 1 else 'were'} heard, by {phrases.quantity_words(people, 'person', 'people')}, last "
    return (told, When(max(one.span.last for one in seen), now=now))


def listened_page(skip: str, seen: Sequence[Heard], rows: Rows, policy: Policy, now: datetime) -> Page:
    """Return one page of the reader's listenings; `skip` is a button's value: how many come before this page."""
    parts = home.leaf_parts(BUTTON, "", skip, rows.number, rows.rows) if seen else []
    return Page(TITLE, (Line(number_words(seen, now)), Line(investigations_note(policy)), *parts), f"{HEADING}.")


def seen_row(one: Heard, call: Recording, people: Mapping[int, Person], me: int, policy: Policy, now: datetime) -> Row:
    """Return the row of one listening: who and why, then which call, when, and who approved it."""
    small = (*_call_words(call, policy, now), *_heard_when(one, now), *_approval_words(one, people))
    return Row((*_who_heard(one, people, me), f" · {one.reason}"), None, small)


def _who_heard(one: Heard, people: Mapping[int, Person], me: int) -> tuple[str, ...]:
    """Return who listened, as the reader is shown it."""
    if one.who is None:
        return ("The customer",)
    return ("You",) if one.who == me else (people[one.who].name,)


def _call_words(call: Recording, policy: Policy, now: datetime) -> tuple[str | When, ...]:
    """Return which call it was; without the caller once its time is up."""
    line, zone = phrases.line_words(call.line, policy)
    past = ("Call of ", When(call.started, zone, now), f" · {PAST}")
    return (*(past if call.closed(now) else phrases.call_words([call], policy, now)), f" · {line}")


def _heard_when(one: Heard, now: datetime) -> tuple[str | When, ...]:
    """Return when a call was heard; also the last time, if that was much later than the first."""
    first, last = one.span
    again = (", last ", When(last, now=now)) if last - first >= APART else ()
    return (" · heard ", When(first, now=now), *again)


def _approval_words(one: Heard, people: Mapping[int, Person]) -> tuple[str, ...]:
    """Return who approved it and in which role, if anyone did."""
    if one.by is None:
        return ()
    return (" · approved by ", people[one.by].name, *((f" ({one.by_as})",) if one.by_as else ()))


@handler("whose_data.untie", clause="P11")
def untie_matters(ctx: Context) -> Result[None]:
    """P11: forget which requests were about one legal matter once the words of all of them are erased.
    While one of them is hidden, none is untied.
    """
    groups: dict[str, list[Request]] = {}
    for one in ctx.store.rows(Request, Request.about != ""):
        groups.setdefault(one.about, []).append(one)
    over = [group for group in groups.values() if all(one.words_erased_at is not None for one in group)]
    hidden = hidden_inquiries(ctx) if over else ()
    untied = (group for group in over if not any(one.id in hidden for one in group))
    for one in (one for group in untied for one in group):
        one.about = ""
    return Result(None, quiet=True)


def listenings_of_reader(ctx: Context) -> list[Heard]:
    """Return every listening that an operator may see, newest first; the store is asked the same whether or not there
    is anything to hide.
    """
    return sorted((*_by_staff(ctx), *_by_customers(ctx)), key=lambda one: one.newest, reverse=True)


def show_page(ctx: Context, value: str) -> Page:
    """Return who listened to calls with the reader, page by page; `value` says how many come before the page."""
    seen = listenings_of_reader(ctx)
    listed = Rows(TITLE, len(seen), lambda most, skip: _listening_rows(ctx, seen[skip : skip + most]))
    return listened_page(value, seen, listed, ctx.policy, ctx.now)


def _whose_data_lists(ctx: Context) -> Lists:
    """Return the link to the page; it is the same for everyone, so a home doesn't reveal whether entries exist."""
    return {"whose_data": lambda: home.short_list(HEADING, [offered_row(ctx.policy)])}


def _by_staff(ctx: Context) -> list[Heard]:
    """Return the listenings of staff to calls with the reader, except for investigations that are still hidden."""
    hidden, me = hidden_inquiries(ctx), ctx.me
    heard = ctx.store.whose_data.heard(Recording.operator_id == me.id)
    return [_seen_by_staff(ctx, one) for one in heard if rule.may_see(one.request, hidden, own=one.person == me.id)]


def _seen_by_staff(ctx: Context, one: HeardCall) -> Heard:
    """Return a listening of staff as the page shows it."""
    reason = reason_of(ctx.policy, one.reason, longer=one.longer).label if one.reason else phrases.AT_RANDOM
    return Heard("staff", one.person, one.recording, reason, one.decided_by, one.decided_as, one.span)


def _by_customers(ctx: Context) -> list[Heard]:
    """P8: return listenings of customers to their own calls; if the operator was that customer, it is the current
    person.
    """
    heard = ctx.store.whose_data.heard_by_customers(ctx.me.id)
    return [
        Heard("customer", ctx.me.id if one.own else None, one.recording, OWN_CALL, one.decided_by, one.decided_as, one.span)
        for one in heard
    ]  # fmt: skip


def _listening_rows(ctx: Context, seen: Sequence[Heard]) -> list[Row]:
    """Return the rows of these listenings."""
    calls = {one.id: one for one in ctx.store.recordings.all_of({one.call for one in seen})}
    people = ctx.store.people.named({who for one in seen for who in (one.who, one.by) if who is not None})
    return [seen_row(one, calls[one.call], people, ctx.me.id, ctx.policy, ctx.now) for one in seen]


ROOM = Room("whose_data", buttons={BUTTON: Shows(show_page, LABEL, turns=True)}, lists=_whose_data_lists)

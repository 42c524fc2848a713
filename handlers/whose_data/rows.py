"""Who listened to calls with whoever asks, on a page; at home, for few, what is not shown yet (P11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from handlers.acting import Act
from handlers.cards import Page, Row
from handlers.room import Rows
from handlers.whose_data import words
from handlers.whose_data.gathering import Seen, listened
from handlers.whose_data.showing import Unshown, unshown
from handlers.written import Unopened, read
from storage.records import Request


def lists(act: Act) -> Mapping[str, Rows]:
    """What whoever asks may show, which for most is nothing to look for; and the way to the page, the same for everybody.

    Without a number, so that a home tells nobody whether anything is there, and costs what it did.
    """
    theirs = unshown(act) if act.me.email_key in act.policy.roles.everybody() else []
    return {
        "unshown": Rows(words.HEADS, len(theirs), lambda most, skip: _unshown(act, theirs[skip : skip + most])),
        "whose_data": Rows(words.HEADING, 1, lambda most, skip: [words.offered()][skip : skip + most], standing=True),
    }


def page(act: Act, told: str) -> Page:
    """Who listened to calls with whoever asks, so many at a time; `told` is how many to pass over."""
    seen = listened(act)
    listed = Rows(words.TITLE, len(seen), lambda most, skip: _rows(act, seen[skip : skip + most]))
    return words.page(told, seen, listed, act.now)


def _rows(act: Act, seen: Sequence[Seen]) -> list[Row]:
    calls = {one.id: one for one in act.store.recordings.all_of({one.call for one in seen})}
    people = act.store.people.named({who for one in seen for who in (one.who, one.by) if who is not None})
    return [words.seen_row(one, calls[one.call], people, act.me.id, act.policy, act.now) for one in seen]


def _unshown(act: Act, these: Sequence[Unshown]) -> list[Row]:
    calls = act.store.recordings.of_requests(one.request.id for one in these)
    asked = act.store.people.named({one.request.requester_id for one in these})
    return [
        words.unshown_row(
            one.request, _matter(act, one.request), one.end, calls[one.request.id], asked[one.request.requester_id], _names(act, one.operators),
            act.policy, act.now,
        )
        for one in these
    ]  # fmt: skip


def _matter(act: Act, request: Request) -> str:
    """What it is about; nothing where that has gone with its key, or can't be read, which keeps nobody from showing it."""
    try:
        return read(act, request).legal_matter
    except Unopened:
        return ""


def _names(act: Act, operators: Iterable[str]) -> list[str]:
    """Of whoever was on the calls; the address of whom nobody has met."""
    people = act.store.people
    known = ((key, people.with_keys(people.now_of([key])).values()) for key in operators)
    return sorted({name for key, those in known for name in ([one.name for one in those] or [key])})

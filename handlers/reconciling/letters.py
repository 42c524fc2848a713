"""Letters to customers, as the log tells them: which were written, and what became of each (P8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers import commitments
from handlers.reconciling.answering import (
    ACCEPTED,
    ARRIVED,
    ASTRAY,
    BOUNCED,
    COLLECTED,
    ENDED,
    NOT_TAKEN,
    OVER,
    REFUSED,
    RELEASED,
    RESTORED,
    WITHDRAWN,
    reopens,
)
from handlers.reconciling.findings import Finding, Gap, Result, differ, gone, unlogged
from storage.customers import ANSWERS, UNDER_WAY
from storage.evidence.customers import CustomerFile
from storage.evidence.requests import Logged
from storage.tables.customers import CustomerMail, CustomerRequest

LATE, PUT_OFF, NOT_KNOWN, AGAIN = "customer.tell_late", "customer.put_off", "customer.not_known", "customer.send_again"
ACTIONS = frozenset({
    RELEASED, REFUSED, LATE, COLLECTED, ACCEPTED, PUT_OFF, NOT_TAKEN, NOT_KNOWN, AGAIN, ARRIVED, BOUNCED, ASTRAY, ENDED,
    OVER, WITHDRAWN, RESTORED,
})  # fmt: skip
"""What this looks at."""
LETTERS = "the words of letters to customers"
LOST, UNREADABLE, PUT_BACK = "stopped", "unreadable", "restored"
"""Codes that no mail server says: nothing was heard of it, nobody can read it, and its database was restored from a copy."""
CODES = {BOUNCED: "bounced", ASTRAY: "wrong_address"}


@dataclass(slots=True)
class Letter:
    """A letter as the log tells it. It is in one of `states`: more than one where no entry of its request says in which.

    `settled` is when its last word was said.
    """

    entry: Logged
    kind: str
    states: tuple[str, ...] = UNDER_WAY
    attempts: int = 0
    code: str = ""
    settled: datetime | None = None

    @property
    def under_way(self) -> bool:
        """Whether it may still be sent, or be with the mail server."""
        return set(self.states) >= set(UNDER_WAY)

    @property
    def over(self) -> bool:
        """Whether nothing becomes of it any more, as far as anybody knows."""
        return not set(self.states).intersection((*UNDER_WAY, "unknown"))

    def ends(self, state: str, at: datetime, code: str | None = None) -> None:
        """That was the last word about it; with a `code`, unless the one before stays."""
        self.states, self.settled, self.code = (state,), at, self.code if code is None else code

    def in_doubt(self, code: str) -> None:
        """Nobody knows what became of it; one that answers nothing any more is dropped, and nobody is asked."""
        self.states, self.code = ("unknown", "dropped") if self.kind in ANSWERS else ("unknown",), code

    def was_in_doubt(self) -> None:
        """Somebody says what became of it: it had been lost, and the entry that says so is about another letter."""
        self.code = self.code if "unknown" in self.states else LOST


Letters = Mapping[str, Letter]


def compared(found: CustomerFile, *, erased: bool) -> Iterator[Result]:
    """Every letter that was written, and no other, with what became of it. `erased`: its words went with the request's key."""
    told = _told(found.entries)
    left = dict(told)
    for row in found.mails:
        known, thing = left.pop(row.id, None), f"letter {row.id} of customer’s request {row.matter_id}"
        if known is None:
            yield unlogged(thing)
            continue
        yield from _became(thing, row, known)
        if not erased:
            yield from _written(thing, found.request, row, known)
    for name, one in left.items():
        yield gone(f"letter {name} of customer’s request {found.request.id} was written", one.entry)


def _became(thing: str, row: CustomerMail, told: Letter) -> Iterator[Result]:
    yield from differ(
        thing, told.entry, kind=(row.kind, told.kind), link=(row.link_id, told.entry.detail.get("link")), written=(row.made_at, told.entry.at),
    )  # fmt: skip
    yield from differ(thing, None, attempts=(row.attempts, told.attempts))
    if _in_passing(row, told):
        return
    state = row.state if row.state in told.states else " or ".join(told.states)
    code = row.code if row.state == "dropped" else told.code  # it stays whatever it was
    yield from differ(
        thing, None, state=(row.state, state), code=(row.code, code), settled=(row.settled_at, told.settled)
    )


def _in_passing(row: CustomerMail, told: Letter) -> bool:
    """Whether it may have been dropped, or taken for lost, by an entry that is about another letter or does not say so."""
    if row.state == "dropped":
        return row.settled_at is not None and (told.under_way or "dropped" in told.states[1:])
    return told.under_way and (row.state, row.code, row.settled_at) == ("unknown", LOST, None)


def _written(thing: str, request: CustomerRequest, row: CustomerMail, told: Letter) -> Iterator[Result]:
    logged = told.entry.detail.get("letter")
    if logged is None:
        yield Gap(LETTERS)
    elif logged != commitments.of_letter(request, row):
        yield Finding(
            f"{thing}: its words, or by what a mail server knows it, were changed after entry {told.entry.seq}"
        )


def _told(entries: Iterable[Logged]) -> dict[str, Letter]:
    """By its id: what the entries about a letter add up to."""
    letters: dict[str, Letter] = {}
    for one in entries:
        name = one.detail.get("mail")
        if one.action in (RELEASED, REFUSED, LATE):
            if name is not None:
                letters[name] = Letter(one, _kind(one))
        elif one.action == COLLECTED:
            _collected(letters, one)
        elif one.action == RESTORED:
            _put_back(letters, one)
        elif one.action in (ENDED, WITHDRAWN) or (one.action == OVER and reopens(one)):
            _called_back(letters, one)
        elif name in letters:
            _one(letters[name], one)
    return letters


def _kind(one: Logged) -> str:
    if one.action == RELEASED:
        return "copy" if "link" in one.detail else "erased"
    return "refused" if one.action == REFUSED else "late"


def _collected(letters: Letters, one: Logged) -> None:
    told = one.detail
    for found in (each for each in _of(letters, told.get("lost", ())) if not each.over):
        found.in_doubt(LOST)
    for found in _of(letters, told.get("dropped", ())):
        found.ends("dropped", one.at)
    for found in _of(letters, (told.get("unreadable"),)):
        found.ends("refused", one.at, UNREADABLE)
    for found in _of(letters, (told.get("mail"),)):
        found.states, found.attempts = UNDER_WAY, told["attempt"]


def _put_back(letters: Letters, one: Logged) -> None:
    for found in _of(letters, one.detail.get("mails", ())):
        if found.entry.detail.get("link") is not None:
            found.ends("dropped", one.at, PUT_BACK)
        else:
            found.states, found.code = ("unknown",), PUT_BACK


def _called_back(letters: Letters, one: Logged) -> None:
    """Earlier versions did not say which, and the first of them called none back."""
    for found in _of(letters, one.detail.get("mails", ())):
        found.ends("dropped", one.at)
    going = (each for each in letters.values() if not each.over and (one.action != ENDED or each.kind in ANSWERS))
    for found in going if "mails" not in one.detail else ():
        found.states = (*found.states, "dropped")


def _one(letter: Letter, one: Logged) -> None:
    told = one.detail
    if one.action == ACCEPTED:
        _accepted(letter, one)
    elif one.action == PUT_OFF:
        letter.states, letter.code = UNDER_WAY, told["code"]
    elif one.action == AGAIN:
        letter.was_in_doubt()
        letter.states = UNDER_WAY
    elif one.action == NOT_KNOWN:
        letter.ends("dropped", one.at) if told.get("state") == "dropped" else letter.in_doubt(told["code"])
    elif one.action == NOT_TAKEN:
        letter.ends("refused", one.at, told["code"])
    elif one.action == ARRIVED:
        letter.was_in_doubt()
        letter.ends("accepted", one.at)
    else:
        letter.ends("refused", one.at, CODES.get(one.action, letter.code))


def _accepted(letter: Letter, one: Logged) -> None:
    """One that had been called back by then stays so, which earlier versions did not say."""
    if letter.over or one.detail.get("state") == "dropped":
        return
    letter.ends("accepted", one.at, one.detail["answer"].partition(" ")[0])
    if not one.detail["answered"] and "state" not in one.detail:
        letter.states = ("accepted", "dropped")


def _of(letters: Letters, names: Iterable[str | None]) -> Iterator[Letter]:
    return (letters[one] for one in names if one is not None and one in letters)

"""Who can't be reached when, for the checker: as the log tells it, until somebody is met or heard of again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.quarter.told import Turned

SHUT = ("block", "leave")
"""Nothing can be sent to such an account, and whose it is may act all the same."""


@dataclass(frozen=True, slots=True)
class Spell:
    """For so long somebody can't be reached; `shut` where the person may act, and only messages come back."""

    person: int
    shut: bool
    since: datetime
    until: datetime | None


class Reach:
    """Everybody's spells. `accounts` says whose an account is; an account that it does not name is somebody's second one.

    Whoever shut the way is there again when heard of, which is no change of standing: `heard` says who that was when.
    """

    def __init__(
        self, turned: Iterable[Turned], accounts: Mapping[str, int], heard: Iterable[tuple[int, datetime]]
    ) -> None:
        events = [*_events(turned, accounts), *((at, person, "heard") for person, at in heard)]
        self.spells = list(_spells(sorted(events)))

    def lost(self, person: int, at: datetime) -> bool:
        """Whether nothing reaches this person, for whatever cause."""
        return any(self._there(one, person, at) for one in self.spells)

    def nobody(self, at: datetime) -> frozenset[int]:
        """Whoever may not act at all."""
        return frozenset(one.person for one in self.spells if not one.shut and self._there(one, one.person, at))

    def shut(self, person: int, at: datetime) -> bool:
        """Whether messages to this person come back."""
        return any(one.shut and self._there(one, person, at) for one in self.spells)

    def _there(self, one: Spell, person: int, at: datetime) -> bool:
        return one.person == person and one.since <= at and (one.until is None or at < one.until)


def _events(turned: Iterable[Turned], accounts: Mapping[str, int]) -> Iterator[tuple[datetime, int, str]]:
    for one in turned:
        if one.who.startswith("person:"):
            yield one.at, int(one.who.removeprefix("person:")), one.stands
        else:
            account = one.who.partition(":")[2]
            first = account.rpartition("-")[0]
            # The second account is gone, so there is one again.
            yield one.at, accounts.get(account) or accounts[first], one.stands if account in accounts else "member"


def _spells(events: Iterable[tuple[datetime, int, str]]) -> Iterator[Spell]:
    since: dict[int, tuple[datetime, bool]] = {}
    for at, person, stands in events:
        if stands in ("member", "heard"):
            if person in since:
                begun, shut = since.pop(person)
                yield Spell(person, shut, begun, at)
        else:
            since.setdefault(person, (at, stands in SHUT))
    yield from (Spell(person, shut, begun, None) for person, (begun, shut) in since.items())

"""What people wrote is erased in its time, by destroying the key that sealed it (P8, P11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from handlers.acting import Act, Done, Intent
from handlers.effects import Show
from handlers.policy import Policy
from handlers.room import Room
from handlers.rules.retention import words_go_at
from storage.customers import in_force


@dataclass(frozen=True)
class _OfMatter(Intent[None]):
    clause: ClassVar[str] = "P11"
    matter: str

    @property
    def subject(self) -> str:
        return self.matter


@dataclass(frozen=True)
class EraseWords(_OfMatter):
    """The clock: a matter was closed so long ago that its words go."""

    action: ClassVar[str] = "words.erase"


@dataclass(frozen=True)
class ShowErased(_OfMatter):
    """The clock: the cards of a matter say that its words were erased."""

    action: ClassVar[str] = "words.show_erased"


def words_go(policy: Policy, closed_at: datetime, line: str) -> datetime:
    """When the words of a matter go that was closed at a moment (aware), in the time of its line, or else of the home line."""
    known = policy.line(line) or policy.lines[policy.company.home_line]
    return words_go_at(closed_at, known.time_zone, policy.records.closed_request_months)


def erase_words(act: Act, intent: EraseWords) -> Done[None]:
    """P11: so long after it was closed, as it stands closed now, and nobody may hear anything by it any more."""
    key, matter = act.store.matter_keys.get(intent.matter), act.store.matters.get(intent.matter)
    if key is None or matter is None or matter.closed_at is None:
        return Done(None, quiet=True)
    if _heard(act, matter.id) or words_go(act.policy, matter.closed_at, matter.line) > act.now:
        return Done(None, quiet=True)
    act.store.matter_keys.destroy(key, act.now)
    return Done(None)


def _heard(act: Act, matter: str) -> bool:
    """Whether anybody may still hear something by it: one of the staff by access, or a customer by a link."""
    grant = act.store.grants.of(matter)
    access = grant is not None and grant.ended_at is None and act.now < grant.ends_at
    return access or any(in_force(one, act.now) for one in act.store.customers.links(matter))


def show_erased(act: Act, intent: ShowErased) -> Done[None]:
    """P11: whoever has a card reads that the words are gone, and the card in the chat holds them no longer."""
    ended, matter = act.store.matter_keys.ended(intent.matter), act.store.matters.get(intent.matter)
    if ended is None or matter is None or ended.shown:
        return Done(None, quiet=True)
    ended.shown = True
    matter.revision += 1
    people = act.store.outbox.shown_to(matter.id)
    return Done(None, tuple(Show(one, matter.id, matter.revision) for one in people), quiet=True)


ROOM = Room(
    "forgetting",
    does=(
        EraseWords.by(erase_words),
        ShowErased.by(show_erased),
    ),
)

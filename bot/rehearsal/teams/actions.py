"""Finds what a person can press and fill in on a card, and returns all its words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.teams.adaptive import inner
from bot.rehearsal.teams.people import Json

CHILDREN = ("body", "items", "columns")
WORDS = ("text", "title", "value", "label", "placeholder", "errorMessage", "altText")


@dataclass(frozen=True, slots=True)
class Spot:
    """An action and the inputs that go with it: those of its own card and of the cards around it."""

    action: Json
    inputs: tuple[Json, ...]

    @property
    def title(self) -> str:
        return str(self.action.get("title") or self.action.get("tooltip") or "")


def find(card: Json, title: str, which: int = 0) -> Spot:
    """Return the action with this title; one that an Action.ShowCard opens comes after those in plain sight. Raises
    LookupError.
    """
    all_ = [spot for spot in spots(card) if spot.action.get("type") != "Action.ShowCard"]
    found = [spot for spot in all_ if spot.title == title]
    if len(found) <= which:
        raise LookupError(f"{title!r} is not on the card; there is {[spot.title for spot in all_]}")
    return found[which]


def spots(card: Json, around: tuple[Json, ...] = ()) -> list[Spot]:
    """Return everything that can be pressed, what is in plain sight first."""
    inputs = (*around, *(part for part in _parts(card) if str(part.get("type")).startswith("Input.")))
    here = [Spot(action, inputs) for part in _parts(card) for action in part.get("actions", [])]
    opened = [spot.action["card"] for spot in here if spot.action.get("type") == "Action.ShowCard"]
    return here + [spot for one in opened for spot in spots(one, inputs)]


def inputs(card: Json) -> list[Json]:
    """Return every input of the card and of the cards that it can open."""
    return [part for part in inner(card) if str(part.get("type")).startswith("Input.")]


def words(card: Json) -> str:
    """Return every word on the card, from top to bottom, one line each."""
    return "\n".join(_said(card))


def _said(value: Any) -> Iterator[str]:
    for part in inner(value):
        yield from (part[name] for name in WORDS if isinstance(part.get(name), str) and part[name])
        yield from (run for run in part.get("inlines", []) if isinstance(run, str))


def _parts(part: Json) -> Iterator[Json]:
    """Yield the card's elements."""
    yield part
    for name in CHILDREN:
        for child in part.get(name, []):
            yield from _parts(child)

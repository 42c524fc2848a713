"""Where more waits for a person than anybody reads, the rest is left out, and one message says how much that is."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import cast

from handlers.acting import Act
from handlers.effects import KEPT, KINDS, Effect, Home, LeftOut, Unreadable, decoded, encoded, kind_of, lane_of

MOST_WAITING = 100  # messages in order, and as many without
AT_ONCE = 500  # so that no transaction takes long, however much there is


def leave_out(act: Act, people: Iterable[int]) -> tuple[tuple[Effect, ...], dict[str, int]]:
    """End what is too much for these people, of kinds that this version knows. What is to be queued instead, and by person how much was ended."""
    effects: list[Effect] = []
    ended: dict[str, int] = {}
    surplus = act.store.outbox.surplus(set(people), KINDS, KEPT, MOST_WAITING, AT_ONCE)
    for person, ids in surplus.items():
        act.store.outbox.end(ids, "left_out", act.now)
        ended[f"{person}"] = len(ids)
        effects += [*_told(act, LeftOut(person, len(ids))), *_homes(act, person)]
    return tuple(effects), ended


def words(number: int) -> str:
    """What the person reads."""
    left_out = f"{number} messages were" if number > 1 else "one message was"
    return f"More came for you than I could send, so {left_out} left out. Your home shows where everything stands."


def _told(act: Act, more: LeftOut) -> list[Effect]:
    """The message; nothing where one waits already, which now says the sum."""
    waiting = act.store.outbox.waits(more.person, lane_of(more), kind_of(more), act.now)
    if waiting is None:
        return [more]
    before = 0
    with suppress(Unreadable):
        before = cast("LeftOut", decoded(waiting.kind, more.person, waiting.payload)).number
    act.store.outbox.rewrite(waiting.id, encoded(LeftOut(more.person, before + more.number)))
    return []


def _homes(act: Act, person: int) -> list[Effect]:
    return [Home(person, platform, fresh=True) for platform in act.store.people.platforms(person)]

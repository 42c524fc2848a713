"""What is recorded of a declined call is out of reach, and goes, or comes back (P5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handlers.acting import Act
from handlers.customers.state import asked_by_number
from handlers.effects import Effect
from handlers.ids import new_id
from handlers.keeping import keep_for_matters
from handlers.matters.asking import shows
from storage.erasures import DECLINED, is_wiped
from storage.records import Recording


def put_out_of_reach(act: Act, calls: Iterable[Recording]) -> tuple[Effect, ...]:
    """Nobody finds or hears these from now on; the cards that name them say so."""
    effects: list[Effect] = []
    for one in calls:
        if one.state in ("present", "out_of_scope"):
            one.state = "declined"
            effects += _redrawn(act, one)
    return tuple(effects)


def bring_back(act: Act, calls: Iterable[Recording]) -> tuple[Effect, ...]:
    """They may be asked for again, as any other call; those whose moment has come since stay closed."""
    effects: list[Effect] = []
    for one in calls:
        if one.state == "declined":
            one.state = "present" if act.policy.line(one.line) else "out_of_scope"
            effects += _redrawn(act, one)
    return tuple(effects)


def begin_erasure(act: Act, calls: Iterable[Recording]) -> dict[str, Any]:
    """They go the one way that all erasures go, from now on, one that is away as soon as it is back; what is waiting for one keeps it.

    Returns what the log says of it: the ids of these erasures, and, by call, for what it is kept.
    """
    begun, kept = list[str](), dict[str, Any]()
    for one in calls:
        away = one.state == "gone" and not is_wiped(one) and act.store.erasures.open(one.id) is None
        if one.state == "declined" or away:
            one.state = "gone" if away else "closed"
            begun.append(act.store.erasures.begin_now(new_id("E"), one, DECLINED, act.now).id)
            if rows := keep_for_matters(act, one, act.now, granted=True, also=asked_by_number(act, one)):
                kept[str(one.id)] = [row.matter_id for row in rows]
    return {"erasures": begun, **({"kept": kept} if kept else {})}


def _redrawn(act: Act, one: Recording) -> tuple[Effect, ...]:
    """The cards of whatever names a call."""
    requests, customers = act.store.erasures.requests_naming(one.id), act.store.customers.of_call(one.id)
    effects: list[Effect] = []
    for matter in (*requests, *customers, *act.store.erasures.held_for(one.id)):
        matter.revision += 1
        effects += shows(matter, act.store.matters.holders(matter))
    return tuple(effects)

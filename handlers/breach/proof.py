"""Whether the reports' own log still holds, told in words that say nothing of any report (P13)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError

from handlers.breach.account import ABOUT
from handlers.breach.as_logged import all_fit
from handlers.breach.intents import Seal
from handlers.breach.vault import Vault
from handlers.keys import Keys, Unopened, opened
from storage.breaches import Breaches, broken_at
from storage.database.store import Store

SEALED = Seal.action
_BROKEN = "the log of confidential reports was changed after it was written, or something was taken out of it"
_UNFIT = "what is stored of confidential reports is not what their log says"
_ASTRAY = "the log of confidential reports is not what the entry of {day} sealed of it"


@dataclass(frozen=True, slots=True)
class _Reading:
    store: Store
    keys: Keys
    outside: Mapping[str, int] = field(default_factory=dict)


def broken(store: Store) -> list[str]:
    """The chain, recomputed from its first link; a sentence where one does not hold."""
    return [_BROKEN] if broken_at(Breaches(store.session).links()) else []


def unfit(store: Store, keys: Keys) -> list[str]:
    """What is stored, held against that log: one sentence, whatever and however much does not fit.

    Without the keys of the database nothing is compared.
    """
    vault = Vault(_Reading(store, keys))
    return [] if all_fit(vault) else [_UNFIT]


def astray(store: Store, keys: Keys, told: Iterable[tuple[str, str]]) -> list[str]:
    """Of the main log's entries, each a day and the text of its detail: those at which the reports' log ended otherwise.

    What was sealed with another master key tells nothing.
    """
    rows = Breaches(store.session)
    heads = [(day, head) for day, detail in told if (head := _head(keys, day, detail))]
    return [_ASTRAY.format(day=day) for day, head in heads if not rows.holds(*head)]


def _head(keys: Keys, day: str, detail: str) -> tuple[int, str] | None:
    try:
        entries, _, last = (
            opened(keys.lasting(ABOUT), bytes.fromhex(json.loads(detail)["sealed"]), day).decode().partition(":")
        )
    except (Unopened, JSONDecodeError, LookupError, TypeError, ValueError):
        return None
    return int(entries), last

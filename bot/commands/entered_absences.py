"""The absences that people entered at home, for commands that ask the policy: they count where a database can be asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple, TypeVar

from bot.commands.looking import missing
from bot.trouble import AWAY, sentence
from handlers.acting import counting
from handlers.policy import Policy
from storage.database.store import Database, DatabaseDown, SQLAlchemyError, Store
from storage.database.upgrade import newest, revision

T = TypeVar("T")
ALONE = "Only the absences of the policy file were counted."
ANOTHER_VERSION = "The database is not of this version: start the bot once, then ask again."


class Entered(NamedTuple):
    """The policy with what people entered, and how many absences that is; `without` says why none could be asked for."""

    policy: Policy
    number: int = 0
    without: str = ""


async def entered(url: str, policy: Policy, day: date) -> Entered:
    """With all absences that are not over before a day of the company's. Only reads, and makes no database."""
    found = await as_stored(url, lambda store: _read(store, policy, day))
    return found if isinstance(found, Entered) else _without(policy, found)


async def as_stored(url: str, ask: Callable[[Store], T]) -> T | str:
    """What a database answers, or a sentence that says why none can be asked. Only reads, and makes none."""
    if told := missing(url):
        return f"{told[0].upper()}{told[1:]}."
    database = Database(url)
    try:
        return await database.read(ask) if await revision(database) == newest() else ANOTHER_VERSION
    except DatabaseDown as error:
        return sentence(error)
    except (SQLAlchemyError, OSError, ValueError, TypeError):
        return AWAY
    finally:
        await database.close()


def _read(store: Store, policy: Policy, day: date) -> Entered:
    return Entered(counting(store, policy, day), len(store.absences.from_day(day)))


def _without(policy: Policy, why: str) -> Entered:
    return Entered(policy, without=f"{ALONE} {why}")

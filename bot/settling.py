"""`recording-steward people`: whoever can't be told apart or reached, and how to settle it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.config import Misconfigured, as_given
from bot.config import policy as policy_of
from bot.trouble import sentence
from handlers import HANDLERS
from handlers.door import COMMAND, Door
from handlers.rules.refusal import Refused
from handlers.settling import AskAgain, Keep, Trouble, troubles
from storage.store import Database, DatabaseDown
from storage.upgrade import newest, revision


def people(kept: str | None, again: str | None) -> int:
    """List who needs settling, or settle it; 1 where it was refused, with a sentence that says why."""
    try:
        for row in asyncio.run(_with_door(lambda door: _rows(door, kept, again))):
            print(row)
    except Refused as refusal:
        print(refusal)
        return 1
    return 0


async def _rows(door: Door, kept: str | None, again: str | None) -> list[str]:
    if kept:
        aside = await door.enter(Keep(kept), COMMAND)
        return [f"{kept} counts from now on. Set aside: {', '.join(aside) or 'none'}."]
    if again:
        name = await door.enter(AskAgain(again), COMMAND)
        return [f"What waits for {name} is sent once more."]
    found = await door.database.read(lambda store: troubles(store, door.policy))
    return [row for one in found for row in _told(one)] or ["Everybody can be told apart and reached."]


def _told(one: Trouble) -> list[str]:
    who = f"{one.name} <{one.email}>" if one.name else f"<{one.email}>"
    accounts = ", ".join(one.accounts)
    match one.kind:
        case "ambiguous":
            remedy = f"Close all but one, or keep one: recording-steward people --keep {one.accounts[0]}"
            return [f"{one.kind:<12} {who}: {accounts} share the address. {remedy}"]
        case "set aside":
            return [
                f"{one.kind:<12} {accounts}, for {who}. To let it count: recording-steward people --keep {accounts}"
            ]
        case _ if one.accounts:
            remedy = f"Then: recording-steward people --again {one.email}"
            return [f"{one.kind:<12} {who}: {one.why}. Mend the account or the way to it ({accounts}). {remedy}"]
        case _:
            return [f"{one.kind:<12} {who}: {one.why}. Mend the account, or name somebody else in the policy."]


async def _with_door(work: Callable[[Door], Awaitable[list[str]]]) -> list[str]:
    found = as_given()
    database = Database(found.database_url)
    file = database.engine.url.database
    if database.is_sqlite and not os.path.exists(file or ""):  # noqa: ASYNC240, PTH110  nothing else runs here
        raise Misconfigured(f"DATABASE_URL: there is no file {file}.")
    try:
        await _known(database)
        return await work(Door(database, policy_of(found.policy_file), HANDLERS, lambda: datetime.now(UTC)))
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: {sentence(error)}") from error
    finally:
        await database.close()


async def _known(database: Database) -> None:
    """Raises `Misconfigured` where somebody could be looked for in vain; `DatabaseDown`, too, as `revision`."""
    now = await revision(database)
    if now != newest():
        what = (
            "It is of an older version. `run` brings it up to date"
            if now
            else "There is nothing in it yet. `run` sets it up"
        )
        raise Misconfigured(f"DATABASE_URL: {what}.")

"""`recording-steward people`: whoever can't be told apart or reached, and how to settle it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.commands.looking import be_of_this_version, opened
from bot.moments import moment, zone_of
from bot.settings.config import as_given
from bot.settings.config import policy as policy_of
from handlers import settling
from handlers.acting import COMMAND
from handlers.door import Door
from handlers.rules.refusal import Refused
from handlers.settling import Trouble, troubles

STANDINGS = {
    "guest": "the account is a guest's",
    "foreign": "the account is none of this company's",
    "deactivated": "the account is deactivated",
    "bot": "the account is a program's",
    "ambiguous": "another account has or had the address",
    "absent": "the person has not added me to the own chats",
    "set_aside": "another account counts for this person",
    "altered": "the database was changed by hand: run audit verify",
    "never met": "no account with this address was found yet",
}
CODES = {
    "blocked": "the person has blocked me",
    "not_installed": "the person has not added me to the own chats",
    "not_private": "the conversation that I know is not a private one",
    "another_account": "the conversation that I know is another account's",
    "service_url": "the conversation that I know has an address that is not the platform's",
    "no_platform": "the person has no account where I am",
    "another_person": "the account is someone else's by now",
}
"""What our own codes mean; a platform's own words stand for themselves."""
WHICH = (
    "Find out from the person, not by chat, which is right. Then close the others, or let one count: "
    "recording-steward people --keep ACCOUNT"
)


NO_ACCOUNT = "--keep: an account is missing. Without --keep I list those that share an address."
NOT_NEW = "--new: an account is missing. Without --new I list those that wait to be settled."
NO_ADDRESS = "--again: an address is missing. Write the address of a person listed as out of reach."


def people(kept: str | None, again: str | None, new: str | None = None) -> int:
    """List who needs settling, or settle it; 1 where it was refused, with a sentence that says why."""
    try:
        for row in asyncio.run(_with_door(lambda door: _rows(door, kept, again, new))):
            print(row)
    except Refused as refusal:
        print(refusal)
        return 1
    return 0


def why(code: str) -> str:
    """In words why somebody can't be reached, from a standing or a code; a code stands behind them, to look it up by."""
    if code in STANDINGS:
        return STANDINGS[code]
    return f"{CODES[code]} ({code})" if code in CODES else f"the platform says {code}"


async def _rows(door: Door, kept: str | None, again: str | None, new: str | None) -> list[str]:
    for typed, what in ((kept, NO_ACCOUNT), (again, NO_ADDRESS), (new, NOT_NEW)):
        if typed is not None and not typed.strip():
            raise Refused(what)
    if kept is not None:
        aside = await door.enter(settling.keep(kept), COMMAND)
        return [f"{kept} counts from now on. Set aside: {', '.join(aside) or 'none'}."]
    if new is not None:
        aside = await door.enter(settling.new(new), COMMAND)
        return [f"{new} is someone new, who has that address from now on. Set aside: {', '.join(aside) or 'none'}."]
    if again is not None:
        name = await door.enter(settling.ask_again(again), COMMAND)
        return [f"What waits for {name} is sent once more."]
    found = await door.database.read(lambda store: troubles(store, door.policy))
    zone = zone_of(door.policy)
    return [row for one in found for row in _told(one, zone)] or ["Everyone can be told apart and reached."]


def _told(one: Trouble, zone: str) -> list[str]:
    who = f"{one.name} <{one.email}>" if one.name else f"<{one.email}>"
    accounts = ", ".join(one.accounts)
    match one.kind:
        case "ambiguous":
            each = ", ".join(f"{name} ({known})" for name, known in zip(one.accounts, one.known, strict=True))
            since = f" since {moment(one.since.replace(second=0), zone)}" if one.since else ""
            if one.waiting:
                return [f"{one.kind:<12} {who}: {each}{since}. {' '.join(map(_either, one.waiting))}"]
            return [f"{one.kind:<12} {who}: {each} share the address{since}. {WHICH}"]
        case "set aside":
            return [
                f"{one.kind:<12} {accounts}, for {who}. To let it count: recording-steward people --keep {accounts}"
            ]
        case _ if one.accounts:
            remedy = f"Then: recording-steward people --again {one.email}"
            return [f"{one.kind:<12} {who}: {why(one.why)}. Fix the account or the way to it ({accounts}). {remedy}"]
        case _:
            return [f"{one.kind:<12} {who}: {why(one.why)}. Fix the account, or name someone else in the policy."]


def _either(account: str) -> str:
    return (
        f"{account} has an address that this person has or had, and may be someone else’s. Find out from both, not by chat. The "
        f"same person: recording-steward people --keep {account}. Someone else: recording-steward people --new {account}"
    )


async def _with_door(work: Callable[[Door], Awaitable[list[str]]]) -> list[str]:
    found = as_given()
    async with opened(found.database_url) as database:
        await be_of_this_version(database)
        return await work(Door(database, policy_of(found.policy_file), lambda: datetime.now(UTC)))

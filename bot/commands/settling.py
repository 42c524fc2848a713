"""`recording-steward people`: who can't be told apart or reached, and how to settle it."""

import asyncio
from datetime import UTC, datetime

from bot.commands.looking import open_database, require_this_version
from bot.settings.config import read_each_setting
from bot.settings.config import read_policy as policy_of
from bot.trouble import keys_for
from handlers import people
from handlers.acting import COMMAND, NONE
from handlers.door import Door
from handlers.rules import Refused

STANDINGS = {
    "guest": "this is a guest account",
    "foreign": "the account belongs to another organisation",
    "deactivated": "the account is deactivated",
    "bot": "the account belongs to a program",
    "ambiguous": "another account has or had this address",
    "absent": "the person has not added me to their chats",
    "set_aside": "I use another account for this person",
    "altered": "the database was changed by hand: run audit verify",
    "never met": "I haven't found an account with this address yet",
}
CODES = {
    "blocked": "the person has blocked me",
    "not_installed": "the person has not added me to their chats",
    "not_private": "the only chat I have with this person isn't private",
    "another_account": "the only chat I have belongs to another account",
    "service_url": "the only chat I have isn't at the platform's address",
    "no_platform": "the person has no account here",
    "another_person": "the account now belongs to someone else",
}
"""What our own codes mean; a platform's codes are shown as they are."""
WHICH = (
    "Ask the person, face to face or by phone, which account is theirs. Then close the others, or run: "
    "recording-steward people --keep ACCOUNT"
)


def settle_people(keep: str | None, new: str | None = None) -> int:
    """List people who can't be told apart or reached, or settle one case; return 1, with the reason, if that is refused."""
    try:
        for row in asyncio.run(_list_or_settle(keep, new)):
            print(row)
    except Refused as refusal:
        print(refusal)
        return 1
    return 0


def why_unreachable(code: str) -> str:
    """Return why a person can't be reached, followed by the code to look up."""
    if code in STANDINGS:
        return STANDINGS[code]
    return f"{CODES[code]} ({code})" if code in CODES else f"the platform says {code}"


async def _list_or_settle(keep: str | None, new: str | None) -> list[str]:
    """Return the lines to print: the people in question, or what was settled. Raises `Refused` and `Misconfigured`."""
    settings = read_each_setting()
    async with open_database(settings.database_url) as database:
        await require_this_version(database)
        changes = any(one is not None for one in (keep, new))
        keys = await keys_for(settings, database) if changes else NONE  # what it writes bears the bot's seal
        door = Door(database, policy_of(settings.policy_file), lambda: datetime.now(UTC), keys=keys)
        if keep is not None:
            aside = await door.enter(people.keep_account(keep), COMMAND)
            return [f"I use {keep} from now on. Set aside: {', '.join(aside) or 'none'}."]
        if new is not None:
            aside = await door.enter(people.settle_newcomer(new), COMMAND)
            return [f"{new} is a new person, and the address is now theirs. Set aside: {', '.join(aside) or 'none'}."]
        rows = [
            row
            for one in await database.read(lambda store: people.list_troubles(store, door.policy))
            for row in _person_lines(one)
        ]
        return rows or ["I can recognise and reach everyone."]


def _person_lines(one: people.Trouble) -> list[str]:
    """Return what is wrong with one person's accounts, and how to fix it."""
    who = f"{one.name} <{one.email}>" if one.name else f"<{one.email}>"
    accounts = ", ".join(one.accounts)
    match one.kind:
        case "ambiguous":
            each = ", ".join(f"{name} ({known})" for name, known in zip(one.accounts, one.known, strict=True))
            if one.waiting:
                return [f"{one.kind:<12} {who}: {each}. {' '.join(map(_ambiguous_words, one.waiting))}"]
            return [f"{one.kind:<12} {who}: {each} share the address. {WHICH}"]
        case "set aside":
            return [
                f"{one.kind:<12} {accounts}, for {who}. To use it after all: recording-steward people --keep {accounts}"
            ]
        case _ if one.accounts:
            return [
                f"{one.kind:<12} {who}: {why_unreachable(one.why)}. Fix the account, or how I reach it ({accounts})."
            ]
        case _:
            return [
                f"{one.kind:<12} {who}: {why_unreachable(one.why)}. Fix the account, or name someone else in the policy."
            ]


def _ambiguous_words(account: str) -> str:
    return f"{account} has an address that this person has or had, but may be someone else. Ask both, face to face or by phone. If it is the same person: recording-steward people --keep {account}. If not: recording-steward people --new {account}"

"""A member of the company who looks for calls, and what the search gives back as calls again."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Actor, Context, seated
from handlers.finding import Looked, look_for_calls
from handlers.policy import Policy
from storage.database.store import Database
from storage.people import Account
from tests.searching.register import NOW, Call
from tests.searching.sixty import Words, meant


async def asker(database: Database) -> Actor:
    """A searcher who may know of every call, in Sydney."""
    address = "asker@fernhill.example"
    account = Account("slack", "U0ASKER", address, address, "Asker", "Australia/Sydney", "member", NOW)
    met = await database.write(lambda store: store.meetings.meet(account))
    return Actor("slack:U0ASKER", met.person_id)


async def looked(database: Database, policy: Policy, who: Actor, typed: str) -> Looked:
    """What the search finds."""
    return await database.read(lambda store: look_for_calls(Context(store, seated(store, policy), NOW, who), typed))


def differs(words: Words, found: Looked, calls: Sequence[Call], most: int) -> str:
    """How what was found differs from what is meant; empty where it does not. `calls` stand newest first, and were stored the oldest first."""
    exactly, alike = meant(words, calls, most)
    theirs = [calls[len(calls) - int(one.value)] for one in found.all]
    near = {one.value for one in found.alike}
    both = list(zip(theirs, found.all, strict=True))
    plainly = [one for one, option in both if option.value not in near]
    if plainly != exactly:
        return f"{len(exactly)} calls are meant, and {len(plainly)} were found, first {plainly[:2]}"
    marked = [one for one, option in both if option.value in near]
    return "" if marked == alike else f"{len(alike)} have a similar name, and {len(marked)} were found"

"""One Person per human, whatever accounts a chat platform shows; who can't be told apart may not act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from storage.people import Account, Met
from storage.records import Person
from storage.store import Database, Store
from tests.storage.rows import NOW, account


async def _meet(database: Database, *accounts: Account) -> list[Met]:
    def meeting(one: Account) -> Callable[[Store], Met]:
        return lambda store: store.people.meet(one)

    return [await database.write(meeting(one)) for one in accounts]


async def _people(database: Database) -> list[tuple[str, str | None, str]]:
    def told(rows: list[Person]) -> list[tuple[str, str | None, str]]:
        return [(one.email_key.partition("@")[0], one.slack_id, one.standing) for one in rows]

    return await database.read(lambda store: told(store.session.query(Person).order_by(Person.id).all()))


T1, T2 = account("U1"), account("U2")
T1_GONE, T2_GONE = account("U1", standing="deactivated"), account("U2", standing="deactivated")
A1, A2 = account("U1", "anna"), account("U2", "anna")
GUEST = account("U1", standing="guest")
CASES: dict[str, tuple[list[Account], list[str], list[int | None], list[tuple[str, str | None, str]]]] = {
    "new": ([T1], ["member"], [1], [("tara", "U1", "member")]),
    "same": ([T1, T1], ["member"] * 2, [1, 1], [("tara", "U1", "member")]),
    "two people": ([T1, A2], ["member"] * 2, [1, 2], [("tara", "U1", "member"), ("anna", "U2", "member")]),
    "guest": ([GUEST], ["guest"], [1], [("tara", "U1", "guest")]),
    "a guest becomes a member": ([GUEST, T1], ["guest", "member"], [1, 1], [("tara", "U1", "member")]),
    "a second account": ([T1, T2], ["member", "ambiguous"], [1, 1], [("tara", "U1", "ambiguous")]),
    "a second account stays ambiguous": (
        [T1, T2, T1, T2, T1], ["member", *["ambiguous"] * 4], [1] * 5, [("tara", "U1", "ambiguous")],
    ),
    "the second account is switched off": (
        [T1, T2, T2_GONE, T1], ["member", "ambiguous", "deactivated", "member"], [1] * 4, [("tara", "U1", "member")],
    ),
    "the first account is switched off": (
        [T1, T2, T1_GONE, T2], ["member", "ambiguous", "deactivated", "member"], [1] * 4, [("tara", "U2", "member")],
    ),
    "a new account after leaving": ([T1_GONE, T2], ["deactivated", "member"], [1, 1], [("tara", "U2", "member")]),
    "a guest with a member's address": (
        [T1, account("U2", standing="guest")], ["member", "guest"], [1, 1], [("tara", "U1", "member")],
    ),
    "a third account frees nobody": (
        [T1, T2, account("U3", standing="guest"), T1], ["member", "ambiguous", "guest", "ambiguous"], [1] * 4,
        [("tara", "U1", "ambiguous")],
    ),
    "a new address": ([T1, A1], ["member"] * 2, [1, 1], [("anna", "U1", "member")]),
    "a new address that somebody has": (
        [T1, A2, A1], ["member", "member", "ambiguous"], [1, 2, 2],
        [("tara", "U1", "member"), ("anna", "U2", "ambiguous")],
    ),
    "a new address that somebody had": (
        [A2, account("U2", "anna", "deactivated"), T1, A1], ["member", "deactivated", "member", "member"],
        [1, 1, 2, 2], [("retired:1", None, "deactivated"), ("anna", "U1", "member")],
    ),
    "the second account takes another address": (
        [T1, T2, A2, T1], ["member", "ambiguous", "member", "member"], [1, 1, 2, 1],
        [("tara", "U1", "member"), ("anna", "U2", "member")],
    ),
    "the first account takes another address": (
        [T1, T2, A1, T2], ["member", "ambiguous", "member", "member"], [1, 1, 1, 2],
        [("anna", "U1", "member"), ("tara", "U2", "member")],
    ),
    "no address": ([account("U1", "")], ["member"], [None], []),
    "a bot": ([account("U1", "", "bot")], ["bot"], [None], []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_whose_account_it_is(database: Database, case: str) -> None:
    accounts, standings, ids, people = CASES[case]
    met = await _meet(database, *accounts)
    assert [one.standing for one in met] == standings
    assert [one.person_id for one in met] == ids
    assert await _people(database) == people


async def test_whom_the_policy_named_is_the_one_whom_the_platform_shows(database: Database) -> None:
    named = await database.write(lambda store: store.people.called_for("tara.lindqvist@fernhill.example"))
    assert named.name == "Tara Lindqvist"
    [met] = await _meet(
        database, replace(account("U1", "tara.lindqvist", zone="Europe/London"), name="Tara B. Lindqvist")
    )
    assert met.person_id == named.id
    person = await database.read(lambda store: store.people.get(named.id))
    assert (person.name, person.zone, person.slack_id, person.checked_at) == (
        "Tara B. Lindqvist",
        "Europe/London",
        "U1",
        NOW,
    )


async def test_people_are_found_by_what_is_known_of_them(database: Database) -> None:
    [tara, anna] = await _meet(database, account("U1"), account("U2", "anna"))
    assert await database.read(lambda store: getattr(store.people.by_slack("U2"), "id", None)) == anna.person_id
    assert await database.read(lambda store: store.people.by_slack("U3")) is None
    assert tara.person_id
    named = await database.read(lambda store: sorted(store.people.named([tara.person_id or 0, 77])))
    assert named == [tara.person_id]
    with pytest.raises(LookupError, match="no person 77"):
        await database.read(lambda store: store.people.get(77))


async def test_ids_are_made_once_and_stay(database: Database) -> None:
    keys = ["tara@fernhill.example", "helena@fernhill.example"]
    first = await database.write(lambda store: store.people.ids_for(keys))
    assert await database.write(lambda store: store.people.ids_for(reversed(keys))) == first
    assert len(set(first.values())) == 2
    [met] = await _meet(database, account("U1"))
    assert met.person_id == first[keys[0]]


async def test_only_those_who_looked_have_a_home_to_redraw(database: Database) -> None:
    await _meet(database, account("U1"), account("U2", "anna"))

    def look(person: Person) -> None:
        person.home_at = NOW

    await database.write(lambda store: look(store.people.get(2)))
    assert await database.read(lambda store: [one.id for one in store.people.opened_home()]) == [2]

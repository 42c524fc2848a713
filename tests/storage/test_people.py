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


@pytest.mark.parametrize(
    ("accounts", "standings", "people"),
    [
        pytest.param([account("U1")], ["member"], [("tara", "U1", "member")], id="new"),
        pytest.param([account("U1"), account("U1")], ["member"] * 2, [("tara", "U1", "member")], id="same"),
        pytest.param(
            [account("U1"), account("U2", "anna")], ["member"] * 2,
            [("tara", "U1", "member"), ("anna", "U2", "member")], id="two people",
        ),
        pytest.param([account("U1", standing="guest")], ["guest"], [("tara", "U1", "guest")], id="guest"),
        pytest.param(
            [account("U1", standing="guest"), account("U1")], ["guest", "member"],
            [("tara", "U1", "member")], id="guest becomes member",
        ),
        pytest.param(
            [account("U1"), account("U2")], ["member", "ambiguous"],
            [("tara", "U1", "ambiguous")], id="second account",
        ),
        pytest.param(
            [account("U1"), account("U2"), account("U1"), account("U2"), account("U1")],
            ["member", *["ambiguous"] * 4], [("tara", "U1", "ambiguous")], id="second account stays ambiguous",
        ),
        pytest.param(
            [account("U1"), account("U2"), account("U2", standing="deactivated"), account("U1")],
            ["member", "ambiguous", "deactivated", "member"],
            [("tara", "U1", "member")], id="second account deactivated",
        ),
        pytest.param(
            [account("U1"), account("U2"), account("U1", standing="deactivated"), account("U2")],
            ["member", "ambiguous", "deactivated", "member"],
            [("tara", "U2", "member")], id="first account deactivated",
        ),
        pytest.param(
            [account("U1", standing="deactivated"), account("U2")], ["deactivated", "member"],
            [("tara", "U2", "member")], id="new account after leaving",
        ),
        pytest.param(
            [account("U1"), account("U2", standing="guest")], ["member", "guest"],
            [("tara", "U1", "member")], id="a guest with the same address is refused alone",
        ),
        pytest.param(
            [account("U1"), account("U2"), account("U3", standing="guest"), account("U1")],
            ["member", "ambiguous", "guest", "ambiguous"],
            [("tara", "U1", "ambiguous")], id="a third account frees nobody",
        ),
        pytest.param(
            [account("U1"), account("U1", "anna")], ["member"] * 2,
            [("tara", None, "member"), ("anna", "U1", "member")], id="account moved to another address",
        ),
        pytest.param(
            [account("U1"), account("U2"), account("U2", "anna"), account("U1")],
            ["member", "ambiguous", "member", "member"],
            [("tara", "U1", "member"), ("anna", "U2", "member")], id="second account moved away",
        ),
        pytest.param(
            [account("U1"), account("U2"), account("U1", "anna"), account("U2")],
            ["member", "ambiguous", "member", "member"],
            [("tara", "U2", "member"), ("anna", "U1", "member")], id="first account moved away",
        ),
        pytest.param([account("U1", "")], ["member"], [], id="no address"),
        pytest.param([account("U1", "", "bot")], ["bot"], [], id="bot without address"),
    ],
)  # fmt: skip
async def test_whose_account_it_is(
    database: Database, accounts: list[Account], standings: list[str], people: list[tuple[str, str | None, str]]
) -> None:
    met = await _meet(database, *accounts)
    assert [one.standing for one in met] == standings
    assert await _people(database) == people
    by_name = {name: number for number, (name, _, _) in enumerate(people, start=1)}
    assert [one.person_id for one in met] == [by_name.get(one.email_key.partition("@")[0]) for one in accounts]


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

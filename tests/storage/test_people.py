"""One Person per human, whatever accounts a chat platform shows; who can't be told apart may not act."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from storage.database.store import Database, Store
from storage.people import Account, Met, Turn
from storage.records import ChatAccount, Person
from tests.each import each
from tests.storage.rows import NOW, account


async def _meet(database: Database, *accounts: Account) -> list[Met]:
    def meeting(one: Account) -> Callable[[Store], Met]:
        return lambda store: store.meetings.meet(one)

    return [await database.write(meeting(one)) for one in accounts]


async def _people(database: Database) -> list[tuple[str, str | None, str]]:
    def told(store: Store) -> list[tuple[str, str | None, str]]:
        people = store.session.scalars(select(Person).order_by(Person.id)).all()
        return [(one.email_key.partition("@")[0], _account(store, one), one.standing) for one in people]

    return await database.read(told)


def _account(store: Store, person: Person) -> str | None:
    """The person's accounts, the living ones where there are any."""
    everything = select(ChatAccount).where(ChatAccount.person_id == person.id)
    rows = store.people.accounts([person.id]) or store.session.scalars(everything).all()
    return " ".join(one.account_id for one in rows) or None


T1, T2 = account("U1"), account("U2")
T1_GONE, T2_GONE = account("U1", standing="deactivated"), account("U2", standing="deactivated")
A1, A2 = account("U1", "anna"), account("U2", "anna")
GUEST = account("U1", standing="guest")
CASES: dict[str, tuple[list[Account], list[str], list[int | None], list[tuple[str, str | None, str]]]] = {
    "same": ([T1, T1], ["member"] * 2, [1, 1], [("tara", "U1", "member")]),
    "guest": ([GUEST], ["guest"], [1], [("tara", None, "member")]),  # not met yet, and asked like any other
    "a guest becomes a member": ([GUEST, T1], ["guest", "member"], [1, 1], [("tara", "U1", "member")]),
    "a second account stays ambiguous": (
        [T1, T2, T1, T2, T1], ["member", *["ambiguous"] * 4], [1] * 5, [("tara", "U1", "ambiguous")],
    ),
    "the second account is switched off": (
        [T1, T2, T2_GONE, T1], ["member", "ambiguous", "deactivated", "member"], [1] * 4, [("tara", "U1", "member")],
    ),
    "the first account is switched off": (
        [T1, T2, T1_GONE, T2], ["member", "ambiguous", "deactivated", "member"], [1] * 4, [("tara", "U2", "member")],
    ),
    "a new account after leaving may be someone else's": (
        [T1, T1_GONE, T2, T2], ["member", "deactivated", "ambiguous", "ambiguous"], [1] * 4, [("tara", "U1", "ambiguous")],
    ),
    "a new account where there was one that never could act": (
        [T1_GONE, T2], ["deactivated", "ambiguous"], [1, 1], [("tara", "U1", "ambiguous")],
    ),
    "a guest with the address of someone who left, and then a member": (
        [T1, T1_GONE, account("U2", standing="guest"), T2], ["member", "deactivated", "guest", "ambiguous"], [1] * 4,
        [("tara", "U1", "ambiguous")],
    ),
    "an account that comes back": (
        [T1, T1_GONE, T1], ["member", "deactivated", "member"], [1] * 3, [("tara", "U1", "member")],
    ),
    "an account that comes back where another one waits": (
        [T1, T1_GONE, T2, T1, T2, T1_GONE, T2],
        ["member", "deactivated", "ambiguous", "ambiguous", "ambiguous", "deactivated", "ambiguous"], [1] * 7,
        [("tara", "U1", "ambiguous")],
    ),
    "a new account that is gone again": (
        [T1, T1_GONE, T2, T2_GONE], ["member", "deactivated", "ambiguous", "deactivated"], [1] * 4,
        [("tara", "U1", "deactivated")],
    ),
    "a new account that gets an address of its own": (
        [T1, T1_GONE, T2, A2, T1], ["member", "deactivated", "ambiguous", "member", "member"], [1, 1, 1, 2, 1],
        [("tara", "U1", "member"), ("anna", "U2", "member")],
    ),
    "a guest with a member's address": (
        [T1, account("U2", standing="guest")], ["member", "guest"], [1, 1], [("tara", "U1", "member")],
    ),
    "a member whose address a guest had first": (
        [GUEST, T2, GUEST, T2], ["guest", "member", "guest", "member"], [1] * 4, [("tara", "U2", "member")],
    ),
    "a member whose address a stranger had first": (
        [account("U1", standing="foreign"), T2], ["foreign", "member"], [1, 1], [("tara", "U2", "member")],
    ),
    "a guest who had a member's address first, and becomes one": (
        [GUEST, T2, T1, T2], ["guest", "member", "ambiguous", "ambiguous"], [1] * 4, [("tara", "U2", "ambiguous")],
    ),
    "a member who became a guest, and another account": (
        [T1, GUEST, T2], ["member", "guest", "ambiguous"], [1] * 3, [("tara", "U1", "ambiguous")],
    ),
    "a third account frees no one": (
        [T1, T2, account("U3", standing="guest"), T1], ["member", "ambiguous", "guest", "ambiguous"], [1] * 4,
        [("tara", "U1", "ambiguous")],
    ),
    "a new address that someone has": (
        [T1, A2, A1], ["member", "member", "ambiguous"], [1, 2, 2],
        [("tara", "U1", "member"), ("anna", "U2", "ambiguous")],
    ),
    "a new address that someone had": (
        [A2, account("U2", "anna", "deactivated"), T1, A1], ["member", "deactivated", "member", "member"],
        [1, 1, 2, 2], [("retired:1", "U2", "deactivated"), ("anna", "U1", "member")],
    ),
    "the second account takes another address": (
        [T1, T2, A2, T1], ["member", "ambiguous", "member", "member"], [1, 1, 2, 1],
        [("tara", "U1", "member"), ("anna", "U2", "member")],
    ),
    "the first account takes another address": (
        [T1, T2, A1, T2], ["member", "ambiguous", "member", "ambiguous"], [1] * 4, [("anna", "U1", "ambiguous")],
    ),
    "a guest with an address that someone had": (
        [T1, A1, account("U2", standing="guest"), A1, T2], ["member", "member", "guest", "member", "ambiguous"], [1] * 5,
        [("anna", "U1", "ambiguous")],
    ),
    "an address of before that its owner takes again": (
        [T1, A1, T2, T1, T2], ["member", "member", "ambiguous", "ambiguous", "ambiguous"], [1] * 5,
        [("tara", "U1", "ambiguous")],
    ),
    "no address": ([account("U1", "")], ["member"], [None], []),
    "a bot": ([account("U1", "", "bot")], ["bot"], [None], []),
}  # fmt: skip


S1, M1, M2 = T1, account("M1", platform="teams"), account("M2", platform="teams")
S1_GONE, S1_ANNA = T1_GONE, A1
MA = account("M1", "anna", platform="teams")
ON_TWO_PLATFORMS: dict[
    str, tuple[list[Account], list[str], list[int | None], list[tuple[str, str | None, str]]]
] = {
    "a person who left one platform stays on the other": (
        [S1, M1, S1_GONE, M1], ["member", "member", "deactivated", "member"], [1] * 4, [("tara", "M1", "member")],
    ),
    "a guest there is a member here": (
        [S1, account("M1", standing="guest", platform="teams"), S1], ["member", "guest", "member"], [1] * 3,
        [("tara", "U1", "member")],
    ),
    "two accounts on one of them": (
        [S1, M1, M2, S1], ["member", "member", "ambiguous", "ambiguous"], [1] * 4, [("tara", "U1 M1", "ambiguous")],
    ),
    "a new address on one keeps the person": (
        [S1, M1, S1_ANNA, M1], ["member"] * 4, [1] * 4, [("anna", "U1 M1", "member")],
    ),
    "a new address on both, one after the other": (
        [S1, M1, S1_ANNA, MA], ["member"] * 4, [1] * 4, [("anna", "U1 M1", "member")],
    ),
    "a new address that someone has on the other": (
        [S1, MA, S1_ANNA, MA], ["member", "member", "ambiguous", "ambiguous"], [1, 2, 2, 2],
        [("tara", "U1", "member"), ("anna", "M1", "ambiguous")],
    ),
    "an address that an account has kept while its person took another": (
        [S1, M1, S1_ANNA, T2, M1], ["member", "member", "member", "ambiguous", "ambiguous"], [1] * 5,
        [("anna", "U1 M1", "ambiguous")],
    ),
    "an address of before on a platform where the person was not met yet": (
        [S1, S1_ANNA, M1, S1_ANNA], ["member", "member", "ambiguous", "ambiguous"], [1] * 4, [("anna", "U1", "ambiguous")],
    ),
    "the same, until it is the address of now there, too": (
        [S1, S1_ANNA, M1, MA], ["member", "member", "ambiguous", "member"], [1] * 4, [("anna", "U1 M1", "member")],
    ),
    "the same, until the person has the address of before again": (
        [S1, S1_ANNA, M1, S1, M1], ["member", "member", "ambiguous", "ambiguous", "member"], [1] * 5,
        [("tara", "U1 M1", "member")],
    ),
    "an address of someone who had two and left": (
        [S1, S1_ANNA, account("U1", "anna", "deactivated"), M1], ["member", "member", "deactivated", "ambiguous"], [1] * 4,
        [("anna", "U1", "ambiguous")],
    ),
    "a guest who comes first keeps a member of the same address out nowhere": (
        [account("M1", standing="guest", platform="teams"), M2, S1], ["guest", "member", "member"], [1] * 3,
        [("tara", "U1 M2", "member")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", [*CASES, *ON_TWO_PLATFORMS])
async def test_whose_accounts_they_are(database: Database, case: str) -> None:
    """P7, P11: one address is one person on all platforms, and an address doesn't prove that a person is its former
    holder.
    """
    accounts, standings, ids, people = {**CASES, **ON_TWO_PLATFORMS}[case]
    met = await _meet(database, *accounts)
    assert [one.standing for one in met] == standings
    assert [one.person_id for one in met] == ids
    assert [(key, set((told or "").split()), how) for key, told, how in await _people(database)] == [
        (key, set((told or "").split()), how) for key, told, how in people
    ]


async def test_whom_the_policy_named_is_the_one_whom_the_platform_shows(database: Database) -> None:
    named = await database.write(lambda store: store.people.get_or_create("tara.lindqvist@fernhill.example"))
    assert named.name == "Tara Lindqvist"
    [met] = await _meet(
        database, replace(account("U1", "tara.lindqvist", zone="Europe/London"), name="Tara B. Lindqvist")
    )
    assert met.person_id == named.id
    person = await database.read(lambda store: store.people.get(named.id))
    assert (person.name, person.zone, person.checked_at) == ("Tara B. Lindqvist", "Europe/London", NOW)


async def test_there_is_who_may_act_and_can_be_written_to(database: Database) -> None:
    await _meet(database, account("U1"), account("U2", "anna"), account("U3", "bram"), account("U4", "cara"))

    def look() -> Awaitable[frozenset[int]]:
        return database.read(lambda store: store.people.there([1, 2, 3, 77]))

    assert await look() == {1, 2, 3}
    await database.write(lambda store: store.people.left("slack", "U1"))
    await _meet(database, account("U2", "anna", standing="deactivated"))
    assert await look() == {3}


async def _stands(database: Database) -> tuple[str, list[str]]:
    """Tara's standing, and which of her accounts count."""

    def told(store: Store) -> tuple[str, list[str]]:
        return store.people.get(1).standing, [one.account_id for one in store.people.accounts([1])]

    return await database.read(told)


async def _update_standings(database: Database, account_id: str) -> tuple[Turn, ...]:
    return await database.write(
        lambda store: store.meetings.update_standings(store.people.account("slack", account_id))
    )


@pytest.mark.parametrize("gone", ["U1", "U2"])
@pytest.mark.parametrize("how", ["left", "blocked", "gone"])
async def test_whichever_is_gone_the_other_one_is_the_person_at_once(database: Database, gone: str, how: str) -> None:
    """Uninstalled, blocked (403), or not there any more (404)."""
    await _meet(database, T1, T2)
    assert (await _stands(database))[0] == "ambiguous"

    def goes(store: Store) -> object:
        if how == "gone":
            return store.people.gone("slack", gone, "absent", NOW)
        return store.people.left("slack", gone) if how == "left" else store.people.blocked("slack", gone)

    assert await database.write(goes)
    assert await _update_standings(database, gone) == (Turn(1, "ambiguous", "member"),)
    standing, accounts = await _stands(database)
    other = ({"U1", "U2"} - {gone}).pop()
    assert standing == "member"
    assert accounts[-1] == other
    assert await database.read(lambda store: store.people.platforms(1)) == ["slack"]
    assert not await database.write(goes)


async def test_an_only_account_that_is_not_there_any_more_is_no_one_until_it_is_met_again(database: Database) -> None:
    await _meet(database, T1)
    await database.write(lambda store: store.people.gone("slack", "U1", "absent", NOW))
    assert await _update_standings(database, "U1") == (Turn(1, "member", "absent"),)
    assert await _stands(database) == ("absent", [])
    await _meet(database, T1)
    assert await _stands(database) == ("member", ["U1"])


@each("kept", ["U1", "U2"])
async def test_the_account_that_is_kept_is_the_person_and_the_other_is_set_aside(database: Database, kept: str) -> None:
    await _meet(database, T1, T2, M1)

    def keep(store: Store) -> list[str]:
        one, person = store.people.account("slack", kept), store.people.get(1)
        assert one is not None
        return [other.account_id for other in store.meetings.keep(one, person)]

    other = ({"U1", "U2"} - {kept}).pop()
    assert await database.write(keep) == [other]
    await _update_standings(database, kept)
    assert await _stands(database) == ("member", [kept, "M1"])
    again = await database.write(lambda store: store.meetings.meet({"U1": T1, "U2": T2}[other]))
    assert again.standing == "set_aside"
    assert (await database.write(lambda store: store.meetings.meet({"U1": T1, "U2": T2}[kept]))).standing == "member"
    assert await _stands(database) == ("member", [kept, "M1"])

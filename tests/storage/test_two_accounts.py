"""Two living accounts of one platform with one address: nobody until one of them is gone or set aside (P7)."""

from __future__ import annotations

import pytest

from storage.database.store import Database, Store
from storage.people import Account, Turn
from tests.each import each
from tests.storage.rows import NOW, account

T1, T2 = account("U1"), account("U2")
TEAMS = account("M1", platform="teams")


async def _meet(database: Database, *accounts: Account) -> None:
    for one in accounts:
        await database.write(lambda store, one=one: store.meetings.meet(one))  # type: ignore[misc]


async def _stands(database: Database) -> tuple[str, list[str]]:
    """How Tara stands, and which of her accounts count."""

    def told(store: Store) -> tuple[str, list[str]]:
        return store.people.get(1).standing, [one.account_id for one in store.people.accounts([1])]

    return await database.read(told)


async def _restand(database: Database, account_id: str) -> tuple[Turn, ...]:
    return await database.write(lambda store: store.meetings.restand(store.people.account("slack", account_id)))


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
    assert await _restand(database, gone) == (Turn(1, "ambiguous", "member"),)
    standing, accounts = await _stands(database)
    other = ({"U1", "U2"} - {gone}).pop()
    assert standing == "member"
    assert accounts[-1] == other
    assert await database.read(lambda store: store.people.platforms(1)) == ["slack"]
    assert not await database.write(goes)


async def test_an_only_account_that_is_not_there_any_more_is_nobody_until_it_is_met_again(database: Database) -> None:
    await _meet(database, T1)
    await database.write(lambda store: store.people.gone("slack", "U1", "absent", NOW))
    assert await _restand(database, "U1") == (Turn(1, "member", "absent"),)
    assert await _stands(database) == ("absent", [])
    await _meet(database, T1)
    assert await _stands(database) == ("member", ["U1"])


@each("kept", ["U1", "U2"])
async def test_the_account_that_is_kept_is_the_person_and_the_other_is_set_aside(database: Database, kept: str) -> None:
    await _meet(database, T1, T2, TEAMS)

    def keep(store: Store) -> list[str]:
        one, person = store.people.account("slack", kept), store.people.get(1)
        assert one is not None
        return [other.account_id for other in store.meetings.keep(one, person)]

    other = ({"U1", "U2"} - {kept}).pop()
    assert await database.write(keep) == [other]
    await _restand(database, kept)
    assert await _stands(database) == ("member", [kept, "M1"])
    again = await database.write(lambda store: store.meetings.meet({"U1": T1, "U2": T2}[other]))
    assert again.standing == "set_aside"
    assert (await database.write(lambda store: store.meetings.meet({"U1": T1, "U2": T2}[kept]))).standing == "member"
    assert await _stands(database) == ("member", [kept, "M1"])


async def test_people_and_accounts_that_are_to_be_settled_are_found(database: Database) -> None:
    await _meet(database, T1, account("U3", "anna"), T2)
    found = await database.read(lambda store: [one.id for one in store.people.ambiguous()])
    assert found == [1]
    claim = await database.read(lambda store: [one.account_id for one in store.meetings.claiming(store.people.get(1))])
    assert claim == ["U1", "U2"]

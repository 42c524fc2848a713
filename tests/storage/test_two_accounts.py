"""Two living accounts of one platform with one address: nobody until one of them is gone or set aside (P7)."""

from __future__ import annotations

from dataclasses import replace

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


async def _restand(database: Database, account_id: str, platform: str = "slack") -> tuple[Turn, ...]:
    return await database.write(lambda store: store.meetings.restand(store.people.account(platform, account_id)))


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


async def test_whom_the_policy_names_by_an_address_of_before_gets_no_account_by_itself(database: Database) -> None:
    """Two of one platform with one address: one is somebody by another address since, the other one waits to be settled (0041)."""
    await _meet(database, T1, T2, TEAMS, account("U1", "anna"))
    named = await database.write(lambda store: store.people.called_for(T1.email_key).id)
    await _meet(database, TEAMS)
    assert await database.read(lambda store: [one.account_id for one in store.people.accounts([named])]) == []
    await _meet(database, T2)
    assert await _stands(database) == ("ambiguous", ["U1", "M1"])


async def test_an_only_account_that_took_the_bot_away_is_still_somebody(database: Database) -> None:
    await _meet(database, T1)
    await database.write(lambda store: store.people.left("slack", "U1"))
    assert await _restand(database, "U1") == ()
    assert await _stands(database) == ("member", ["U1"])


async def test_an_only_account_that_is_not_there_any_more_is_nobody_until_it_is_met_again(database: Database) -> None:
    await _meet(database, T1)
    await database.write(lambda store: store.people.gone("slack", "U1", "absent", NOW))
    assert await _restand(database, "U1") == (Turn(1, "member", "absent"),)
    assert await _stands(database) == ("absent", [])
    await _meet(database, T1)
    assert await _stands(database) == ("member", ["U1"])


async def test_whoever_comes_back_makes_it_two_again(database: Database) -> None:
    await _meet(database, T1, T2)
    await database.write(lambda store: store.people.left("slack", "U1"))
    await _restand(database, "U1")
    await _meet(database, replace(T1, reference={"conversation": "a:1"}))
    assert (await _stands(database))[0] == "ambiguous"


async def test_an_account_that_nobody_knows_is_not_gone_either(database: Database) -> None:
    assert not await database.write(lambda store: store.people.gone("slack", "U9", "absent", NOW))
    assert await _restand(database, "U9") == ()


async def test_a_meeting_says_whose_standing_it_turned(database: Database) -> None:
    await _meet(database, T1)
    met = await database.write(lambda store: store.meetings.meet(T2))
    assert met.turns == (Turn(1, "member", "ambiguous"),)
    moved = await database.write(lambda store: store.meetings.meet(account("U2", "anna")))
    assert set(moved.turns) == {Turn(1, "ambiguous", "member")}
    assert (await database.write(lambda store: store.meetings.meet(T1))).turns == ()


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


async def test_an_account_that_was_set_aside_counts_again_under_another_address(database: Database) -> None:
    await _meet(database, T1, T2)
    await database.write(lambda store: store.meetings.keep(store.people.account("slack", "U1"), store.people.get(1)))  # type: ignore[arg-type]
    met = await database.write(lambda store: store.meetings.meet(account("U2", "anna")))
    assert (met.person_id, met.standing) == (2, "member")


async def test_and_may_be_kept_after_all(database: Database) -> None:
    await _meet(database, T1, T2)
    for kept in ("U1", "U2"):
        await database.write(
            lambda store, kept=kept: store.meetings.keep(store.people.account("slack", kept), store.people.get(1))  # type: ignore[misc]
        )
        await _restand(database, kept)
        assert await _stands(database) == ("member", [kept])


async def test_people_and_accounts_that_are_to_be_settled_are_found(database: Database) -> None:
    await _meet(database, T1, account("U3", "anna"), T2)
    found = await database.read(lambda store: [one.id for one in store.people.ambiguous()])
    assert found == [1]
    claim = await database.read(lambda store: [one.account_id for one in store.meetings.claiming(store.people.get(1))])
    assert claim == ["U1", "U2"]

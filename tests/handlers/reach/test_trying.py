"""P7: what came of trying everybody is stored, told once and again weekly, and mended without a word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from handlers.acting import CLOCK
from handlers.people import Gone
from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.reach.intents import Attempt, Tried
from handlers.rules.reach import Outcome, everybody
from storage.database.store import Store
from storage.records import Alarm
from storage.tables.reach import ReachProblem
from tests.handlers.builders import NAMES, POLICY, Company, account, audit, away, email, ledger, meet, words_for
from tests.moments import NOW

DAY = timedelta(days=1)


def attempts(policy: Policy = POLICY, **outcomes: Outcome) -> tuple[Attempt, ...]:
    named = {email(NAMES[short]): outcome for short, outcome in outcomes.items()}
    return tuple(
        Attempt(one, named.get(one, "there"), "users_not_found" if one in named else "") for one in everybody(policy)
    )


async def tries(company: Company, **more: Any) -> Mapping[str, Any]:
    """Everybody is tried; what the log says of it."""
    down, silent = more.pop("down", ()), more.pop("silent", ())
    await company.door.enter(Tried(attempts(company.door.policy, **more), down, silent), CLOCK)
    return (await audit(company))[-1][4]


async def open_now(company: Company) -> list[ReachProblem]:
    return await company.database.read(lambda store: store.reach.open())


async def test_p7_a_second_try_on_a_day_does_nothing(company: Company) -> None:
    await tries(company)
    entries = len(await audit(company))
    await tries(company, deven="gone")
    assert (len(await audit(company)), await open_now(company)) == (entries, [])


async def test_p7_the_log_says_whom_nobody_could_tell_of_and_a_retry_without_news_says_nothing(
    company: Company,
) -> None:
    told = await tries(company, deven="silent")
    assert told["silent"] == [company.deven.person_id]
    entries = len(await audit(company))
    company.clock.pass_(hours=1)
    await tries(company, deven="silent")
    assert len(await audit(company)) == entries
    company.clock.pass_(hours=1)
    told = await tries(company, deven="gone")
    assert (told["new"], told["silent"]) == ([f"person:{company.deven.person_id}"], [])


async def test_p7_another_thing_that_is_wrong_with_the_same_person_is_told_anew(company: Company) -> None:
    await tries(company, deven="removed")
    company.clock.pass_(days=1)
    await tries(company, deven="gone")
    first, second = [one for one in await words_for(company, company.ruth) if "I tried" in one]
    assert "can’t get my messages" in first
    assert "has no living account that I can find" in second


async def test_p7_a_platform_that_is_wrong_stays_so_while_it_is_silent(company: Company) -> None:
    await tries(company, down=(("teams", "token_revoked"),))
    company.clock.pass_(days=1)
    await tries(company, silent=("teams",))
    assert [one.subject for one in await open_now(company)] == ["platform:teams"]
    company.clock.pass_(days=1)
    assert (await tries(company))["mended"] == ["platform:teams"]


async def test_p7_of_many_things_the_first_ten_stand_in_a_message(company: Company) -> None:
    handlers = tuple(f"one.{letter}@fernhill.example" for letter in "abcdefghijklm")
    customers = POLICY.customers.model_copy(update={"handlers": handlers})
    company.door.policy = policy = POLICY.model_copy(update={"customers": customers})
    for _ in range(2):
        assert not [one for one in await words_for(company, company.ruth) if "I tried" in one], (
            "not on the first day of all"
        )
        tried = tuple(Attempt(one, "gone" if one in handlers else "there") for one in everybody(policy))
        await company.door.enter(Tried(tried), CLOCK)
        company.clock.pass_(days=1)
    (words,) = [one for one in await words_for(company, company.ruth) if "I tried" in one]
    assert words.count("•") == 10
    assert "And 3 more: recording-steward check" in words


def both_away() -> Policy:
    """The team leader is away and so is the deputy, who holds another role without deputies."""
    period = Period.model_validate({"from": NOW.date(), "to": NOW.date()})
    roles = POLICY.roles
    leader = roles.team_leader.model_copy(update={"away": (period,)})
    head = roles.head_of_customer_success.model_copy(
        update={"holder": email(NAMES["deven"]), "deputies": (), "away": (period,)}
    )
    held = {"team_leader": leader, "head_of_customer_success": head}
    return POLICY.model_copy(update={"roles": roles.model_copy(update=held)})


@pytest.mark.parametrize("policy", [both_away()])
async def test_p7_who_is_away_and_who_stands_in_is_named(company: Company) -> None:
    await tries(company)
    (words,) = [one for one in await words_for(company, company.ruth) if "I tried" in one]
    assert (
        "Nobody fills the role Customer Success Specialist Team Leader today: Tara Lindqvist and Deven Okafor are away, and no deputy is there."
        in words
    )
    assert (
        "Nobody fills the role Head of Customer Success today: Deven Okafor is away, and there is no deputy." in words
    )


async def test_p7_where_nobody_is_left_to_tell_the_programs_own_log_says_so(company: Company) -> None:
    """Both who hear alarms are gone, and whoever hears of one of them would be the other."""
    for one in ("ruth", "miles"):
        await company.door.enter(Gone("slack", f"U{one.upper()}", "deactivated"), CLOCK)
    await tries(company, ruth="gone", miles="gone")
    assert [one.kind for one in await ledger(company)][-2:] == ["alert", "alert"]


async def test_p7_an_address_that_came_to_be_shared_was_told_by_its_own_alarm(company: Company) -> None:
    await meet(company.door, account("UTWIN", "Deven Okafor"))
    told = await tries(company)
    assert (told["new"], told["told"]) == ([f"person:{company.deven.person_id}"], [])
    company.clock.pass_(days=6)
    assert (await tries(company))["told"] == []
    company.clock.pass_(days=1)
    told = await tries(company)
    assert (told["new"], told["told"]) == ([], [f"person:{company.deven.person_id}"])


@pytest.mark.parametrize("heard", ["", "nobody"])
async def test_p7_an_address_that_came_to_be_shared_before_there_were_alarms_is_told(
    company: Company, heard: str
) -> None:
    def shared(store: Store) -> None:
        store.people.get(company.deven.person_id or 0).standing = "ambiguous"
        subject = f"person:{company.deven.person_id}"
        if heard:
            store.alarms.add(
                Alarm(
                    id="1",
                    alarm="A-1",
                    subject=subject,
                    why="shared_address",
                    words="",
                    person_id=None,
                    state=heard,
                    raised_at=company.clock.now,
                )
            )

    await company.database.write(shared)
    assert (await tries(company))["told"] == [f"person:{company.deven.person_id}"]


@pytest.mark.parametrize("policy", [away(POLICY, "team_leader")])
async def test_p7_an_absence_with_a_deputy_is_nothing_wrong(company: Company) -> None:
    assert (await tries(company))["found"] == {}


async def test_p13_what_is_told_of_a_role_says_nothing_of_what_waits_for_it(company: Company) -> None:
    told = await tries(company, helena="gone")
    (words,) = [one for one in await words_for(company, company.ruth) if "I tried" in one]
    assert not {"report", "request", "investigation", "breach"} & set(words.lower().replace(".", " ").split())
    assert set(told) == {"tried", "silent", "found", "new", "told", "mended", "warned"}


async def test_p7_a_gap_that_comes_nearer_is_told_at_once_and_one_that_stays_is_not(company: Company) -> None:
    """An absence twelve days ahead is told; the next day another one begins at once."""

    def gaps(*days: tuple[int, int]) -> Policy:
        periods = tuple(
            Period.model_validate({"from": NOW.date() + first * DAY, "to": NOW.date() + last * DAY})
            for first, last in days
        )
        leader = POLICY.roles.team_leader.model_copy(update={"deputies": (), "away": periods})
        return POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"team_leader": leader})})

    company.door.policy = gaps((12, 13))
    assert (await tries(company))["told"] == ["role:team_leader"]
    company.clock.pass_(days=1)
    assert (await tries(company))["told"] == []
    company.clock.pass_(days=1)
    company.door.policy = gaps((2, 4), (12, 13))
    assert (await tries(company))["told"] == ["role:team_leader"]
    assert len([one for one in await words_for(company, company.ruth) if "I tried" in one]) == 2

"""P7: each way in which a route can break is found before a request needs it, and told once to those who can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from bot.ports import Profile
from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.policy.values import RoleName
from tests.handlers.builders import audit, email
from tests.offices import Office, profile
from tests.reaching import DAY, Looks, leaves, takes_away


async def test_p7_where_everybody_is_there_nothing_is_told_and_the_log_says_that_all_were_tried(looks: Looks) -> None:
    await looks.tick()
    assert looks.told() == {}
    (entry,) = [one for one in await audit(looks.office.company) if one[1] == "reach.tried"]
    assert entry[4]["tried"] == 8
    assert entry[4]["found"] == {}


def _gone(office: Office) -> None:
    leaves(office, "deven")


def _left(office: Office) -> None:
    leaves(office, "tara")


BREAKS = {
    "the deputy's account is gone": (_gone, "gone", "Deven Okafor (deputy of the Customer Success Specialist Team Leader) has no living account"),
    "the holder left": (_left, "left", "Tara Lindqvist (the Customer Success Specialist Team Leader) has no living account any more. Deven Okafor stands in"),
    "the app was removed": (takes_away, "removed", "Deven Okafor (deputy of the Customer Success Specialist Team Leader) can’t get my messages"),
}  # fmt: skip


@pytest.mark.soak
@pytest.mark.parametrize("way", BREAKS)
async def test_p7_a_way_that_breaks_is_told_once_and_again_after_a_week_before_anybody_needs_it(
    looks: Looks, way: str
) -> None:
    breaks, kind, words = BREAKS[way]
    start = looks.office.clock.now
    breaks(looks.office)
    await looks.tick()
    assert [one.kind for one in await looks.problems()] == [kind]
    assert list(looks.told()) == ["ruth"]
    assert words in looks.told()["ruth"][0]
    for days in (1, 2, 3, 6):
        await looks.on(start + days * DAY)
    assert len(looks.told()["ruth"]) == 1
    await looks.on(start + 7 * DAY)
    assert len(looks.told()["ruth"]) == 2
    assert not [one for one in await audit(looks.office.company) if one[1].startswith("access.")]


async def test_p7_an_address_that_two_share_is_told_once_though_its_alarm_sounded_already(looks: Looks) -> None:
    """The alarm sounds the moment it comes out; the check tells it again only weekly."""
    start, twin = looks.office.clock.now, "UTWIN"
    looks.office.chat.people[twin] = Profile(twin, email("Deven Okafor"), "Deven Okafor", "Australia/Sydney", "member")
    await looks.check.directories["slack"].meet(looks.office.chat.people[twin])
    await looks.tick()
    assert [(one.kind, one.told_on) for one in await looks.problems()] == [("ambiguous", "2026-11-24")]
    assert looks.told() == {}
    alarms = [card.summary for card in looks.office.chat.cards("URUTH") if "share" in card.summary]
    assert len(alarms) == 1
    await looks.on(start + 7 * DAY)
    assert "shares the address" in looks.told()["ruth"][0]


async def test_p7_an_absence_without_anybody_to_stand_in_is_told_two_weeks_ahead(office: Office) -> None:
    policy, start = absent(office.company.door.policy, "head_of_customer_success", date(2026, 12, 10)), office.clock.now
    policy = absent(policy, "head_of_customer_success", date(2026, 12, 10), deputies=())
    looks = Looks(office, policy)
    await looks.on(start + DAY)
    assert await looks.problems() == []
    await looks.on(start + 2 * DAY)
    assert [(one.subject, one.kind, one.since) for one in await looks.problems()] == [
        ("role:head_of_customer_success", "uncovered", "2026-12-10")
    ]
    (words,) = looks.told()["ruth"]
    assert (
        "Nobody fills the role Head of Customer Success on Thu 10 Dec: Helena Marsh is away, and there is no deputy"
        in words
    )


def absent(policy: Policy, name: RoleName, day: date, deputies: Sequence[str] | None = None) -> Policy:
    role = policy.role(name)
    more = {
        "away": (Period.model_validate({"from": day, "to": day}),),
        "deputies": role.deputies if deputies is None else deputies,
    }
    roles = policy.roles.model_copy(update={name: role.model_copy(update=more)})
    return policy.model_copy(update={"roles": roles})


async def test_p7_whoever_would_be_told_is_not_told_of_an_own_account_but_the_next_one_is(looks: Looks) -> None:
    leaves(looks.office, "ruth")
    leaves(looks.office, "deven")
    await looks.tick()
    told = looks.told()
    assert sorted(told) == ["miles"]
    assert len(told["miles"]) == 2
    (own,) = [
        one for one in told["miles"] if "Ruth Adeyemi (the Manager, Human Resources) has no living account" in one
    ]
    assert "Nobody stands in for the Manager, Human Resources" in own
    assert "Deven" not in own


async def test_p7_all_that_one_person_is_told_stands_in_one_message(looks: Looks) -> None:
    for one in ("deven", "quinn", "cora"):
        leaves(looks.office, one)
    await looks.tick()
    (words,) = looks.told()["ruth"]
    assert words.count("•") == 3
    assert "Cora Bellamy (who confirms customers’ requests)" in words


async def test_p7_a_guest_in_a_role_is_told(looks: Looks) -> None:
    looks.office.chat.people["UDEVEN"] = profile("deven", "guest")
    await looks.tick()
    assert "has the account of a guest" in looks.told()["ruth"][0]


async def test_p7_whoever_was_never_met_is_looked_for_by_address(looks: Looks) -> None:
    policy = looks.office.company.door.policy
    customers = policy.customers.model_copy(update={"handlers": ("new.one@fernhill.example",)})
    looks, start = Looks(looks.office, policy.model_copy(update={"customers": customers})), looks.office.clock.now
    await looks.tick()
    assert looks.told() == {}, "on the first day of all nobody has had time to come by"
    await looks.on(start + DAY)
    assert "new.one@fernhill.example" in [one.whom for one in looks.office.chat.calls if one.method == "find"]
    assert "New One (who confirms customers’ requests) has no living account that I can find" in looks.told()["ruth"][0]


async def test_p7_what_is_mended_closes_without_a_word_and_is_new_when_it_breaks_again(looks: Looks) -> None:
    start = looks.office.clock.now
    leaves(looks.office, "deven")
    await looks.tick()
    looks.office.chat.people["UDEVEN"] = profile("deven")
    await looks.on(start + DAY)
    assert await looks.problems() == []
    assert len(looks.told()["ruth"]) == 1
    leaves(looks.office, "deven")
    await looks.on(start + 2 * DAY)
    assert len(looks.told()["ruth"]) == 2

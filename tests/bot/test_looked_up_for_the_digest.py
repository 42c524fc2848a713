"""P7: everybody in a route is looked up before the weekly digest, so that it can say who can't be reached."""

from __future__ import annotations

from bot.ports import Unavailable, Unreachable
from bot.rehearsal.fake_chat import Fault
from tests.each import each
from tests.offices import profile
from tests.reaching import Looks, leaves

FOR_EVER = 10**6


async def test_p7_with_everybody_there_nobody_is_told_of(looks: Looks) -> None:
    assert await looks.told() == ""


async def test_p7_who_left_is_told_with_who_stands_in_until_it_is_mended(looks: Looks) -> None:
    leaves(looks.office, "deven", "tara")
    told = await looks.told()
    assert "Deven Okafor (deputy of the Customer Success Specialist Team Leader) has no account that I can find" in told
    assert (
        "Tara Lindqvist (the Customer Success Specialist Team Leader) no longer has an account. Nobody stands in"
        in told
    )
    looks.office.chat.people["UTARA"] = profile("tara")
    assert "Tara Lindqvist (" not in await looks.told()


async def test_p7_who_was_never_met_is_looked_for_by_address(looks: Looks) -> None:
    policy = looks.office.company.door.policy
    customers = policy.customers.model_copy(update={"handlers": ("new.one@fernhill.example",)})
    looks.office.company.door.policy = policy.model_copy(update={"customers": customers})
    assert (
        "new.one@fernhill.example (who confirms customers’ requests) has no account that I can find"
        in await looks.told()
    )
    assert "new.one@fernhill.example" in [one.whom for one in looks.office.chat.calls if one.method == "find"]


async def test_p7_a_guest_in_a_role_is_told(looks: Looks) -> None:
    looks.office.chat.people["UDEVEN"] = profile("deven", "guest")
    assert "has the account of a guest" in await looks.told()


@each("error", [AttributeError("get"), Unavailable("unreadable_answer")])
async def test_a2_one_account_that_answers_oddly_keeps_nobody_else_from_being_tried(
    looks: Looks, error: Exception
) -> None:
    looks.office.chat.faults.append(Fault(error, "knock", "UTARA", times=FOR_EVER))
    leaves(looks.office, "deven")
    told = await looks.told()
    assert "Deven Okafor" in told
    assert "Tara Lindqvist (" not in told


async def test_a_platform_that_seems_to_know_nobody_is_not_believed(looks: Looks) -> None:
    looks.office.chat.faults.append(Fault(Unreachable("users_not_found"), "knock", times=FOR_EVER))
    assert await looks.told() == ""

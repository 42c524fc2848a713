"""P8: whoever wrote any of it down, or was on the call, is refused by every button by which a call goes out: nobody alone sends one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handlers.customers import changing, mailing, passcodes
from handlers.customers import releasing as releasing_room
from handlers.customers.forms import AddressForm
from handlers.handling import HANDLERS, Intent
from tests.each import each
from tests.handlers.builders import NAMES, Company, away, call, email, refusal, register, without_deputies
from tests.handlers.customers.acts import a_request, addressing, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    allowing,
    asking_for,
    mails,
    nothing_to_collect,
    questioning,
    refusing,
    release,
    releasing,
)

pytestmark = pytest.mark.long

EVERY: dict[str, Callable[[str], Intent[Any]]] = {
    "release": releasing, "new_link": lambda one: releasing_room.send_new_link(one, ""), "refuse": refusing, "question": questioning,
    "ask_number": asking_for, "allow": allowing, "send_again": mailing.send_again, "arrived": mailing.arrived, "bounced": mailing.bounced,
    "wrong_address": mailing.wrong_address,
    "passcode": lambda one: passcodes.passcode(one, ""),
}  # fmt: skip
READDRESSED = {"address": "m.ellis@elsewhere.example", "address_again": "m.ellis@elsewhere.example"}


def test_p8_no_button_of_those_who_release_is_left_out() -> None:
    """A new one has to be tried here as well."""
    rooms = {one.__name__ for one in (releasing_room, mailing, passcodes)}
    by_itself = {
        mailing.collect, mailing.accepted, mailing.put_off, mailing.refused, mailing.not_known, mailing.end_over,
    }  # fmt: skip
    there = {one for one in HANDLERS if one.do.__module__ in rooms} - by_itself | {changing.ask_a_question}
    assert there == {wanted("C-1").handler for wanted in EVERY.values()}


async def _refused_everywhere(company: Company, request: str, who: str, code: str) -> None:
    before = await stored(company, request)
    for name, wanted in EVERY.items():
        refused = await refusal(company, wanted(request), company.people[who])
        assert (name, refused.code) == (name, code)
    after = await stored(company, request)
    assert (after.state, after.revision) == (before.state, before.revision)


@pytest.mark.soak
@each("who", ["tara", "deven", "cora", "helena", "henrik", "ruth", "anna", "miles"])
async def test_p8_whoever_filed_it_presses_nothing(company: Company, who: str) -> None:
    request = await a_request(company, by=company.people[who])
    await _refused_everywhere(company, request, who, "filer")


@each("who", ["tara", "cora", "helena"])
async def test_p8_nor_once_somebody_else_has_released_it(company: Company, who: str) -> None:
    request = await a_request(company, by=company.people[who])
    await release(company, request, company.cora if who == "tara" else company.tara)
    await accepted(company)
    await _refused_everywhere(company, request, who, "filer")


@each("who", ["tara", "cora", "helena"])
async def test_p8_nor_does_whoever_joined_it(company: Company, who: str) -> None:
    """The same asked for again is one request, and both wrote it down."""
    request = await a_request(company)
    assert await a_request(company, by=company.people[who]) == request
    await _refused_everywhere(company, request, who, "filer")


@each("who", ["tara", "cora"])
async def test_p8_nor_does_whoever_said_where_the_mail_goes(company: Company, who: str) -> None:
    request = await a_request(company)
    await company.door.enter(changing.readdress(request, AddressForm.read(READDRESSED)), company.people[who])
    await _refused_everywhere(company, request, who, "filer")


@each("who", ["tara", "cora"])
async def test_p8_nor_once_somebody_else_typed_the_same_address_after_them(company: Company, who: str) -> None:
    request = await a_request(company)
    for by in (company.people[who], company.anna):
        await company.door.enter(changing.readdress(request, AddressForm.read(READDRESSED)), by)
    await _refused_everywhere(company, request, who, "filer")


@pytest.mark.soak
@each("who", ["tara", "deven", "cora", "helena", "ruth"])
async def test_p8_nor_does_whoever_was_on_the_call(company: Company, who: str) -> None:
    [mine] = await register(
        company.door, call(8, operator_name=who, operator_key=email(NAMES[who]), caller="+61412999998")
    )
    request = await a_request(company, recordings=[str(mine)])
    await _refused_everywhere(company, request, who, "operator")


@each("told", [{"person": "Lindqvist, Tara"}, {"address": "tara.lindqvist@elsewhere.example"}])
async def test_p8_nor_does_whoever_seems_to_be_the_customer_in_person(company: Company, told: dict[str, Any]) -> None:
    request = await a_request(company, **told)
    assert company.tara.person_id not in [one.person_id for one in (await viewed(company, request)).approvers]
    await _refused_everywhere(company, request, "tara", "customer")
    await release(company, request, company.cora)


async def test_p8_nor_once_the_address_is_their_own(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(addressing(request, "tara.lindqvist@elsewhere.example"), company.anna)
    await _refused_everywhere(company, request, "tara", "customer")


async def test_p8_a_filer_with_a_mailbox_outside_sends_nothing_there_alone(company: Company) -> None:
    """Whatever one person does first and in whatever order, no mail waits to be sent."""
    request = await a_request(company, by=company.tara, address="tara.private@elsewhere.example")
    for wanted in EVERY.values():
        await refusal(company, wanted(request), company.tara)
    assert await mails(company, request) == []
    assert await nothing_to_collect(company)


async def test_p8_with_everybody_else_out_it_waits_for_somebody_and_not_for_who_filed_it(company: Company) -> None:
    policy = without_deputies(company.door.policy, "team_leader", "head_of_customer_success", "manager_human_resources")
    customers = policy.customers.model_copy(update={"handlers": ()})
    company.door.policy = away(
        policy.model_copy(update={"customers": customers}), "head_of_customer_success", "manager_human_resources"
    )
    request = await a_request(company, by=company.tara)
    assert (await stored(company, request)).state == "stuck"
    assert (await refusal(company, releasing(request), company.tara)).code == "filer"

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
from tests.handlers.builders import NAMES, Company, call, email, refusal, register
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import (
    allowing,
    asking_for,
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


@each("who", ["tara", "cora"])
async def test_p8_nor_does_whoever_said_where_the_mail_goes(company: Company, who: str) -> None:
    request = await a_request(company)
    await company.door.enter(changing.readdress(request, AddressForm.read(READDRESSED)), company.people[who])
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

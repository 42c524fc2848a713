"""P8: whoever wrote any of it down, or was on the call, is refused by every button by which a call goes out: nobody alone sends one."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.acting import HANDLERS, Intent
from handlers.customers import links, steps
from tests.each import each
from tests.handlers.builders import NAMES, Company, call, email, refusal, register
from tests.handlers.customers.acts import a_request, addressing, stored, viewed
from tests.handlers.customers.releasing import asking_for, questioning, refusing, release, releasing
from tests.handlers.reading import lines, seen

pytestmark = pytest.mark.long

EVERY: dict[str, Callable[[str], Intent[Any]]] = {
    "release": releasing, "new_link": lambda one: steps.send_new_link(one, ""), "refuse": refusing, "question": questioning,
    "ask_number": asking_for, "allow": links.allow_number, "send_again": steps.send_again, "arrived": steps.note_arrived,
    "bounced": steps.note_bounced, "wrong_address": steps.note_wrong_address, "passcode": lambda one: links.make_passcode(one, ""),
}  # fmt: skip


def test_p8_no_button_of_those_who_release_is_left_out() -> None:
    """A new one has to be tried here as well."""
    others = {
        steps.identify_customer,
        steps.change_address,
        steps.answer_question,
        steps.withdraw_request,
        steps.end_expired_links,
        links.open_link,
    }
    there = {one for one in HANDLERS if one.do.__module__ in (steps.__name__, links.__name__)} - others
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


async def test_p8_nor_does_whoever_said_where_the_mail_goes(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(addressing(request, "m.ellis@elsewhere.example"), company.tara)
    await _refused_everywhere(company, request, "tara", "filer")


@pytest.mark.soak
@each("who", ["tara", "deven", "cora", "helena", "ruth"])
async def test_p8_nor_does_whoever_was_on_the_call(company: Company, who: str) -> None:
    [mine] = await register(
        company.door, call(8, operator_name=who, operator_key=email(NAMES[who]), caller="+61412999998")
    )
    request = await a_request(company, recordings=[str(mine)])
    await _refused_everywhere(company, request, who, "operator")


async def test_p8_nor_does_whoever_has_the_customer_s_name(company: Company) -> None:
    request = await a_request(company, person="Lindqvist, Tara")
    assert company.tara.person_id not in [one.person_id for one in (await viewed(company, request)).approvers]
    await _refused_everywhere(company, request, "tara", "customer")
    await release(company, request, company.cora)


@each(
    ("name", "key", "address", "said"),
    [
        ("", "b.tolliver", "btolliver@customer.net.au", "that of a colleague, who was on the call"),
        ("Al", "al", "al@customer.net.au", "that of Al, who was on the call"),
        ("Al", "al", "sally@customer.net.au", ""),
        ("", "4711", "0412@customer.net.au", ""),
    ],
)
async def test_p8_an_operator_without_a_full_name(
    company: Company, name: str, key: str, address: str, said: str
) -> None:
    there = call(8, operator_name=name, operator_key=f"{key}@fernhill.example")
    request = await a_request(company, recordings=[str((await register(company.door, there))[0])], address=address)
    shown = "\n".join(lines(await seen(company, request, company.tara)))
    assert (said in shown, "looks like that of" in shown) == (True, bool(said))


async def test_p8_an_address_like_that_of_the_filer_or_the_operator_warns_the_releaser_alone(company: Company) -> None:
    for address, said in (
        ("anna.quill@home.example.net.au", "looks like that of Anna Quill, who filed this"),
        ("aquill77@customer.net.au", "looks like that of Anna Quill, who filed this"),
        ("tolliverb@customer.net.au", "looks like that of Bram Tolliver, who was on the call"),
        ("mara.ellis@customer.example", ""),
    ):
        request = await a_request(company, address=address, person=f"Customer {address[:4].title()}")
        for who, told in ((company.tara, said), (company.anna, "")):
            shown = "\n".join(lines(await seen(company, request, who)))
            assert (told in shown, "looks like that of" in shown) == (True, bool(told)), address

"""P8: no call goes to whoever works or worked here, under whichever address, and a customer's is never mistaken for one of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.customers import filing
from tests.each import each
from tests.handlers.builders import Company, account, email, meet, refusal, register
from tests.handlers.builders import call as a_call
from tests.handlers.customers.acts import a_request, known_of, which, who
from tests.handlers.reading import lines, seen

OWN = "anna@private.example"


async def refused(company: Company, address: str, **more: Any) -> dict[str, str]:
    intent = filing.file(which(company), who(address=address, **more), "slack:V-address")
    return (await refusal(company, intent, company.tara)).fields


async def test_p8_an_address_of_before_is_still_somebody_s(company: Company) -> None:
    """Anna's account had a private address once."""
    await meet(company.door, replace(account("UANNA", "Anna Quill"), email=OWN, email_key=OWN))
    await meet(company.door, account("UANNA", "Anna Quill"))
    assert "works or worked here" in (await refused(company, OWN))["address"]
    assert "works or worked here" in (await refused(company, "Anna@Private.example"))["address"]


@each("standing", ["deactivated", "guest"])
async def test_p8_whoever_has_left_or_visits_is_staff_as_well(company: Company, standing: str) -> None:
    await meet(company.door, replace(account("UWREN", "Wren Calloway", standing), email=OWN, email_key=OWN))
    assert list(await refused(company, OWN)) == ["address"]


async def test_p8_somebody_of_another_organisation_may_be_a_customer(company: Company) -> None:
    await meet(company.door, replace(account("UOTTO", "Otto Brindle", "foreign"), email=OWN, email_key=OWN))
    assert (await known_of(company, await a_request(company, address=OWN))).address == OWN


OWN_LOOK = "⚠️ The address looks like that of {name}, who {part}. Ask the customer whether it is theirs before you release anything."


async def test_p8_an_address_like_that_of_who_filed_it_or_was_on_the_call_warns_whoever_releases(
    company: Company,
) -> None:
    for name, part, addresses in (
        ("Anna Quill", "filed this", ("anna.quill@home.example.net.au", "aquill77@customer.net.au", "quillanna@customer.net.au")),
        ("Bram Tolliver", "was on the call", ("bram_tolliver@customer.net.au", "tolliverb@customer.net.au")),
    ):  # fmt: skip
        for address in addresses:
            request = await a_request(company, address=address, person=f"Customer {address[:4].title()}")
            told = OWN_LOOK.format(name=name, part=part)
            assert told in lines(await seen(company, request, company.tara)), address
            assert told not in lines(await seen(company, request, company.anna))


async def test_p8_an_address_like_nobody_s_or_a_colleague_s_own_warns_of_nothing(company: Company) -> None:
    usual = await a_request(company, address="mara.ellis@customer.example")
    own = await a_request(
        company, company.tara, asker="operator", person="Bram Tolliver", address="bram.tolliver@private.net.au"
    )
    former = await a_request(company, asker="former", person="Bram Tolliver", address="bram.tolliver@home.net.au")
    for request, reader in ((usual, company.tara), (own, company.helena), (former, company.tara)):
        assert not [line for line in lines(await seen(company, request, reader)) if "looks like that of" in line]


async def test_p11_no_operator_has_a_colleague_s_call_among_the_own(company: Company) -> None:
    """Or nobody would decide that he or she hears it, and whoever was on it would read it as heard in person."""
    [other] = await register(company.door, a_call(6, operator_name="Deven Okafor", operator_key=email("Deven Okafor")))
    both = which(company, asker="operator", recordings=[f"{company.calls[0]}", f"{other}"])
    to = email("Bram Tolliver")
    asked = who("operator", person="Bram Tolliver", address=to, address_again=to)
    assert (
        "choose no call of others"
        in (await refusal(company, filing.file(both, asked, "slack:V1"), company.anna)).fields["address"]
    )

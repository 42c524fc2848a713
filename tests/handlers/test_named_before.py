"""P7, P9 and B5: whoever the recording system named of a call before has no part in what is decided about it, whomever it names since."""

from __future__ import annotations

from handlers.access.intents import Approve
from tests.each import each
from tests.handlers.builders import CLAIM, Company, ask, email, refusal, stored
from tests.handlers.changing import change
from tests.handlers.declined.acts import afterwards
from tests.handlers.test_away_deciding import parts


@each(("who", "asked", "told"), [("Tara Lindqvist", {}, "tara"), ("Helena Marsh", CLAIM, "helena")])
async def test_p7_a_new_request_goes_round_whoever_was_named_of_its_call_before(
    company: Company, who: str, asked: dict[str, str], told: str
) -> None:
    await change(company, operator_key=email(who))
    await change(company, stamp="3")
    request = await ask(company, company.anna, **asked)
    assert told not in await parts(company, request)
    assert (await refusal(company, Approve(request), company.people[told])).code == "operator"


async def test_p7_an_open_request_moves_on_when_its_approver_turns_out_to_have_been_named(company: Company) -> None:
    request = await ask(company, company.anna)
    await change(company, operator_key=email("Tara Lindqvist"))
    await change(company, stamp="3")
    assert (await refusal(company, Approve(request), company.tara)).code == "operator"
    assert (await stored(company, request)).state == "waiting"


async def test_p5_so_does_a_declined_call(company: Company) -> None:
    await change(company, operator_key=email("Helena Marsh"))
    await change(company, stamp="3")
    matter = await afterwards(company)
    assert "helena" not in await parts(company, matter)

"""P11: a person on a call, or a customer, reads who listened to it, when, which call it was, why, and by whose approval."""

from dataclasses import replace

import pytest

from handlers import BUTTONS, listening, people
from handlers.acting import COMMAND, DELIVERY, WEB, Actor
from handlers.cards import Card
from handlers.customers import serving
from handlers.home import ON_A_PAGE
from handlers.people import settle_newcomer
from handlers.room import Shows
from tests.each import each
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    account,
    approved,
    call,
    email,
    meet,
    player_of,
    refusal,
    register,
)
from tests.handlers.customers.builders import NAME, do, sent
from tests.handlers.reading import buttons, lines, listed, looking
from tests.handlers.whose_data.acts import NOTHING, SAID, hear, listened, look, reads, reads_of

pytestmark = pytest.mark.long

LABEL = POLICY.reasons["complaint"].label
TARA = "approved by Tara Lindqvist (Customer Success Specialist Team Leader)"
CALL = "Call of <23 Nov 03:00 Australia/Sydney> · caller ••••\N{NO-BREAK SPACE}671 · Australia and New Zealand"
MOVED = "b.tolliver@fernhill.example"


async def _moves(company: Company, key: str = MOVED) -> None:
    """Bram has another address from now on."""
    told = replace(account("UBRAM", NAMES["bram"]), email=key, email_key=key, checked_at=company.clock.now)
    await company.door.enter(people.meet_account(told), DELIVERY)


async def _newcomer(company: Company) -> Actor:
    """Give Bram's former address to a new person, as the administrator has settled."""
    told = replace(account("UNEW", "Nia Newcomer"), email=email("Bram Tolliver"), email_key=email("Bram Tolliver"))
    await meet(company.door, told)
    await company.door.enter(settle_newcomer("slack:UNEW"), COMMAND)
    return await meet(company.door, told)


async def test_p11_the_operator_reads_who_listened_when_why_and_by_whose_approval(company: Company) -> None:
    await listened(company)
    assert await reads(company, company.bram) == [
        "1 call with you was heard, by 1 person, last <24 Nov 03:00>", SAID, f"Anna Quill · {LABEL} ({CALL} · heard <24 Nov 03:00> · {TARA})",
    ]  # fmt: skip


@each("name", ["anna", "tara", "helena", "ruth"])
async def test_p11_no_one_else_reads_it_not_even_who_listened_or_approved(company: Company, name: str) -> None:
    await listened(company)
    assert await reads(company, company.people[name]) == NOTHING


async def test_p11_the_same_row_is_at_everyones_home_and_opens_the_page(company: Company) -> None:
    """Without a number, so that a home tells nothing, whatever it is drawn for."""
    await listened(company)
    for who in company.people.values():
        card = await listed(company, who)
        heading = lines(card).index("# Who listened to calls with me")
        assert (
            lines(card)[heading + 1]
            == f"Who listened to calls with me: when, why, and by whose approval. ({SAID}) [Show]"
        )
        [button] = [one for one in buttons(card) if one.action == "whose_data"]
        assert (button.value, button.style) == ("0", "plain")
    told = BUTTONS["whose_data"]
    assert isinstance(told, Shows)
    assert (told.label, told.turns, told.back) == ("Show", True, "home")
    found = await looking(company, company.bram, lambda ctx: told.page(ctx, "0"))
    assert (found.title, found.summary) == ("Calls with me", "Who listened to calls with me.")
    assert len(found.title) <= 24  # Slack shows no more


async def test_p11_what_was_approved_and_never_left_the_house_was_not_listened_to(company: Company) -> None:
    request = await approved(company)
    opened = await player_of(company, request)
    assert (
        await refusal(company, listening.note_served(opened.grant, opened.secret, 4711, 0, 9), WEB)
    ).code == "not_granted"
    assert await reads(company, company.bram) == NOTHING


async def test_p11_who_asked_for_a_call_of_his_or_her_own_reads_you(company: Company) -> None:
    await listened(company, company.bram)
    assert await reads_of(company, company.bram) == [f"You · {LABEL}"]


async def test_p11_each_call_of_a_request_is_a_row_of_the_operator_who_was_on_it(company: Company) -> None:
    [hers] = await register(company.door, call(7, operator_name="Cleo Park", operator_key=email("Cleo Park")))
    cleo = await meet(company.door, account("UCLEO", "Cleo Park"))
    request = await approved(company, calls=[*company.calls, hers])
    await hear(company, request, company.anna, *company.calls[:2], hers)
    assert (await reads(company, company.bram))[0].startswith("2 calls with you were heard, by 1 person, last ")
    assert (await reads(company, cleo))[0].startswith("1 call with you was heard, by 1 person, last ")


async def test_p11_listening_again_is_the_same_row_with_the_last_time(company: Company) -> None:
    request = await listened(company)
    company.clock.pass_(minutes=5)
    await hear(company, request, company.anna)
    assert "heard <24 Nov 03:00> · " in (await reads(company, company.bram))[-1]
    company.clock.pass_(days=2)
    await hear(company, request, company.anna)
    assert "heard <24 Nov 03:00>, last <26 Nov 03:05> · " in (await reads(company, company.bram))[-1]
    assert (await reads(company, company.bram))[0].endswith("last <26 Nov 03:05>")


async def test_p11_the_newest_is_first_and_pages_turn(company: Company) -> None:
    for number in range(ON_A_PAGE + 2):
        company.clock.pass_(minutes=1)
        await listened(company, crm=f"CS-{number}")
    first, second = [await look(company, company.bram, told) for told in ("0", f"{ON_A_PAGE}")]
    told = [lines(Card(one.parts, "")) for one in (first, second)]
    assert [one[2] for one in told] == [f"1 to {ON_A_PAGE} of 17", "16 to 17 of 17"]
    assert "heard <24 Nov 03:17>" in told[0][3]
    assert "heard <24 Nov 03:01>" in told[1][4]
    turns = [[(one.action, one.label, one.value) for one in buttons(Card(page.parts, ""))] for page in (first, second)]
    assert turns == [[("whose_data", "Later ones", "15")], [("whose_data", "Earlier ones", "0")]]


async def test_p11_an_address_that_someone_else_has_now_is_each_ones_for_his_or_her_time(company: Company) -> None:
    await listened(company)
    company.clock.pass_(hours=1)
    await _moves(company)
    newcomer = await _newcomer(company)
    company.clock.pass_(hours=1)
    [hers] = await register(company.door, call(0, started=company.clock.now))
    await listened(company, calls=[hers], reason="training")
    assert await reads_of(company, company.bram) == [f"Anna Quill · {LABEL}"]
    assert await reads_of(company, newcomer) == [f"Anna Quill · {POLICY.reasons['training'].label}"]


@pytest.mark.by_hand
async def test_p11_a_customer_who_listened_is_the_customer_and_no_one_by_name(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, serving.note_played, company.calls[0], 0, 30)
    company.clock.pass_(hours=3)
    await one.let_in()
    await do(one, serving.note_downloaded, company.calls[:1])
    counted, _, row = await reads(company, company.bram)
    assert counted.startswith("1 call with you was heard, by 1 person")
    assert row.startswith("The customer · Their own call (P8) (Call of ")
    assert "heard <24 Nov 03:00>, last <24 Nov 06:00> · approved by Tara Lindqvist" in row
    assert NAME not in row

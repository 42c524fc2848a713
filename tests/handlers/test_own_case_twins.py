"""Also where an address of before is a person of its own, nobody sees to his or her own matter by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from handlers.breach import hearing
from handlers.policy_review import steps
from tests.handlers.addresses import NEW, led_by, twin
from tests.handlers.breach.keeping import QUESTION, kept, the_page
from tests.handlers.breach.reporting import heard, report
from tests.handlers.builders import NAMES, Company, call, refusal, register
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import releasing
from tests.handlers.holds.acts import ask
from tests.handlers.policy_review.acts import declare, start
from tests.handlers.random_review.acts import drawn, reviews_of
from tests.handlers.reading import card_of


async def test_p8_whoever_filed_a_customers_request_does_not_release_it(company: Company) -> None:
    """The request was filed under the address of now, and the policy names the one of before."""
    teams = await twin(company)
    request = await a_request(company, by=company.tara)
    assert (await refusal(company, releasing(request), teams)).code == "filer"


async def test_p12_whoever_was_on_the_call_has_no_part_in_its_holds(company: Company) -> None:
    teams = await twin(company, "helena")
    [hers] = await register(company.door, call(4, operator_key=NEW, operator_name=NAMES["helena"]))
    begun = await ask(company, company.anna, [hers])
    assert await card_of(company, begun.hold, teams) is None
    assert await card_of(company, begun.hold, company.ruth) is not None


async def test_p14_whoever_declared_a_change_is_no_second_person(company: Company) -> None:
    teams = await twin(company, "ruth")
    company.door.policy = led_by(NEW, "head_of_customer_success")
    await start(company)
    review = await declare(company, company.ruth, "no")
    assert await card_of(company, review, teams) is None
    assert (await refusal(company, steps.confirm(review), teams)).code == "requester"


async def test_p10_a_reviewer_gets_no_call_of_an_address_of_his_or_her_own(company: Company) -> None:
    company.people["quinn"] = await twin(company, "quinn")
    first = datetime(2026, 11, 3, 1, tzinfo=UTC)
    own = {"operator_name": NAMES["quinn"], "operator_key": NEW, "department": "accounts_billing"}
    named = ((f"own-{one}", first + timedelta(hours=one)) for one in range(12))
    await register(company.door, *(call(1, native_id=name, started=at, **own) for name, at in named))
    draw = await drawn(company)
    mine = [one for one in await reviews_of(company, draw) if one.department == "accounts_billing"]
    assert [one.reviewer for one in mine] == [company.miles.person_id] * 5


async def test_p9_whoever_asks_to_hear_a_call_for_a_report_does_not_decide_it(company: Company) -> None:
    """The Manager, Human Resources is also named as the Head, by the address of before."""
    await twin(company, "helena")
    company.door.policy = led_by(NEW, "manager_human_resources")
    mine = await the_page(company, "helena")
    name = await kept(company, mine)
    await mine.do(hearing.ask_to_hear, name)
    assert await heard(company) == {"miles": [QUESTION]}


async def test_p13_whoever_is_accused_reads_it_under_no_address(company: Company) -> None:
    await twin(company, "helena")
    company.door.policy = led_by(NEW, "manager_human_resources")
    await report(company, company.anna, accused=["helena"])
    assert list(await heard(company)) == ["miles"]

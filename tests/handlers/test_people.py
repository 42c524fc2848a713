"""Meeting people: everyone who comes is stored first, a change of standing is recorded, and who may do what."""

from collections.abc import Callable
from dataclasses import replace

from handlers import home, listening, open_form
from handlers.access import asking, deciding
from handlers.acting import Actor, Intent
from tests.each import each
from tests.handlers.builders import (
    Company,
    account,
    ask,
    audit,
    email,
    form,
    ledger,
    left,
    meet,
    person,
    refusal,
    stored,
)


async def test_someone_new_is_recorded_by_number_and_standing(company: Company) -> None:
    cleo = await meet(company.door, account("UCLEO", "Cleo Marchetti", zone="Europe/London"))
    assert (cleo.standing, cleo.actor) == ("member", f"person:{cleo.person_id}")
    stored = await person(company, cleo)
    assert (stored.email_key, stored.name, stored.zone) == (email("Cleo Marchetti"), "Cleo Marchetti", "Europe/London")
    assert (await audit(company, cleo.actor))[-1] == ("delivery", "people.meet", "done", "", {"standing": "member"})


async def test_a_change_of_standing_is_recorded_and_another_name_without_a_word(company: Company) -> None:
    before = len(await audit(company))
    await meet(company.door, account("UANNA", "Anna Quill"))
    assert len(await audit(company)) == before
    await meet(company.door, replace(account("UANNA", "Anna Quill"), name="Anna Q. Quill"))
    await meet(company.door, account("UANNA", "Anna Quill", "deactivated"))
    await meet(company.door, account("UANNA", "Anna Quill", "deactivated"))
    assert [one[4] for one in (await audit(company))[before:]] == [{}, {"standing": "deactivated"}]
    assert (await person(company, company.anna)).standing == "deactivated"


async def test_p7_the_card_of_an_approver_who_may_decide_no_more_finds_that_out(company: Company) -> None:
    request = await ask(company, company.anna)
    before = len(await ledger(company))
    await meet(company.door, account("UTARA", "Tara Lindqvist", "deactivated"))
    assert await left(company, before) == [("show", "tara")]
    assert (await stored(company, request)).revision == 2
    await meet(company.door, account("UTARA", "Tara Lindqvist"))
    await meet(company.door, account("UBRAM", "Bram Tolliver", "deactivated"))
    assert len(await ledger(company)) == before + 1


@each("zone", ["Mars/Olympus", "", "/etc/passwd", "Europe/London\0"])
async def test_a_zone_that_no_one_knows_changes_nothing(company: Company, zone: str) -> None:
    for told in ("Europe/London", zone):
        anna = await meet(company.door, account("UANNA", "Anna Quill", zone=told))
    assert (await person(company, anna)).zone == "Europe/London"
    new = await meet(company.door, account("UNEW", "New Comer", zone=zone))
    assert (await person(company, new)).zone == "Australia/Sydney"


Make = Callable[[str], Intent[None]]
STANDINGS = ["guest", "foreign", "deactivated", "bot", "ambiguous", "something new"]
ACTS: dict[str, Make] = {
    "form.open": lambda _: open_form("access"),
    "access.approve": deciding.approve_request,
    "access.deny": lambda request: deciding.deny_request(request, "No."),
    "access.question": lambda request: deciding.ask_requester(request, "Why?"),
    "access.answer": lambda request: deciding.answer_question(request, "Because."),
    "access.withdraw": deciding.withdraw_request,
    "home.open": lambda _: home.open_home(),
}


@each("standing", STANDINGS)
async def test_a_person_who_is_no_member_is_refused_for_everything(company: Company, standing: str) -> None:
    """The approver's own account, in another standing at the moment of the click."""
    request, before = await ask(company, company.anna), len(await ledger(company))
    code = "unknown" if standing == "something new" else standing
    for who in (Actor("slack:UTARA", company.tara.person_id, standing), Actor("slack:U0X", None, standing)):
        for action, make in ACTS.items():
            refused = await refusal(company, make(request), who)
            assert refused.code == code, action
            assert (await audit(company))[-1][:3] == (who.actor, action, "refused")
            assert (await audit(company))[-1][4] == {"why": code}
        assert (await refusal(company, asking.file_request(form(company.calls[:1]), "slack:V9"), who)).code == code
        assert (await refusal(company, listening.make_listen_code(request), who)).code == code
    assert len(await ledger(company)) == before

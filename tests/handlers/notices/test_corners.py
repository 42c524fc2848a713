"""P3: what seldom happens with a notice, and what must hold all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import matter_of
from handlers.acting import CLOCK
from handlers.notices import outages
from handlers.notices.cards import card, saw
from handlers.notices.forms import OutageForm
from handlers.notices.outages import _entered
from handlers.notices.state import load
from handlers.rules.notices import _place, decoded, links
from handlers.rules.routing import route
from storage.records import Party
from tests.handlers.builders import POLICY, Company, away, person
from tests.handlers.notices.acts import begun, withdraw
from tests.handlers.passing_time import digests, pass_until
from tests.handlers.reading import home_of, lines, looking
from tests.moments import NOW


async def test_p3_a_notice_is_one_of_the_matters(company: Company) -> None:
    each = await begun(company)
    view = await looking(company, company.helena, lambda act: load(act, each["phone"]))
    assert (view.circumstances.clause, view.clause) == ("P3", "P3")
    assert [one.role for one in route(view.circumstances).approvers] == ["head_of_customer_success"]
    assert each["phone"] in await company.database.read(lambda store: list(matter_of("N-1").waiting(store)))
    company.clock.pass_(days=1)
    await pass_until(company, company.clock.now + timedelta(hours=20))
    told = "\n".join(line for message in await digests(company, company.helena) for line in message)
    assert "waiting for you since" in told
    home = "\n".join(lines(await home_of(company, company.helena)))
    assert "to be confirmed" in home


def test_p3_a_page_in_an_alphabet_that_nobody_knows_is_read_as_far_as_it_goes() -> None:
    assert "caf" in decoded(b"caf\xe9", "no-such-alphabet")
    assert (
        links('<a href="https://[broken">x</a>', "https://a.example/", frozenset({"https://a.example/n"})).answer
        != "yes"
    )
    assert saw("no", ["website:no_such_reason"]) == "It is not as it should be: I can’t say why."


@pytest.mark.parametrize("state", ["stuck", "waiting"])
async def test_p3_the_card_says_where_nobody_can_be_asked_and_why_it_came(company: Company, state: str) -> None:
    each = await begun(company)
    view = await looking(company, company.helena, lambda act: load(act, each["phone"]))
    view.check.state = state
    others = replace(
        view, policy=away(POLICY, "head_of_customer_success", now=NOW + timedelta(days=1)), parties=[*view.parties]
    )
    told = "\n".join(lines(card(others, company.helena.person_id or 0)))
    assert ("No one whom the policy names can be asked now." in told) is (state == "stuck")
    anna = Party(matter_id=view.check.id, person_id=0, part="approver", role="operations", since=NOW, unreachable="")
    people = {**view.people, 0: await person(company, company.anna)}
    told = "\n".join(lines(card(replace(view, people=people, parties=[*view.parties, anna]), 0)))
    assert ("You’re asked as one of those who may confirm it." in told) is (state == "waiting")


async def test_p3_what_was_taken_back_stands_at_home_no_more_and_is_not_entered_again(company: Company) -> None:
    form = OutageForm.read({"line": "all", "first": "2026-11-22", "last": "2026-11-23", "why": "It was silent."})
    first = await company.door.enter(outages.enter(form, "slack:V-1"), company.helena)
    await withdraw(company, company.helena, first.outage)
    assert first.outage not in "\n".join(lines(await home_of(company, company.helena)))
    none = await company.database.read(lambda store: _entered(company.door.act(store, CLOCK), None))
    assert (none.outage, none.calls) == ("", 0)


def test_p3_an_address_that_can_not_be_read_leads_nowhere() -> None:
    assert links('<a href="https://a.example/n">x</a>', "https://a.example/", frozenset({"https://[x"})).answer != "yes"
    assert _place("https://[x") == ""

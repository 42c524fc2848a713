"""D2: a person has one name, on every card and from every platform."""

from __future__ import annotations

from handlers.acting import Visitor
from storage.database.store import Store
from storage.records import Outgoing
from tests.handlers.builders import Company, account, ask, ledger, meet
from tests.handlers.reading import seen, title


async def _unmet(company: Company, who: Visitor, name: str) -> None:
    """As if nobody had met this person yet: all that is known is the address in the policy."""

    def forget(store: Store) -> None:
        one = store.people.get(who.person_id or 0)
        one.name, one.checked_at = name, None

    await company.database.write(forget)


async def _more(company: Company, before: list[Outgoing]) -> list[tuple[str, str]]:
    """The cards that are shown anew since then, by whom they are for; what leaves no entry has no order among its like."""
    known, names = {one.id for one in before}, {one.person_id: short for short, one in company.people.items()}
    return sorted((names[one.person_id], one.payload["matter"]) for one in await ledger(company) if one.id not in known)


async def test_d2_a_name_that_was_made_of_an_address_stays_on_no_card(company: Company) -> None:
    await _unmet(company, company.tara, "T Lindqvist")
    request = await ask(company, company.anna)
    assert title(await seen(company, request, company.anna)).endswith("waiting for T Lindqvist")
    before = await ledger(company)
    await meet(company.door, account("UTARA", "Tara Lindqvist"))
    assert await _more(company, before) == [("anna", request), ("tara", request)]
    assert title(await seen(company, request, company.anna)).endswith("waiting for Tara Lindqvist")
    await meet(company.door, account("UTARA", "Tara Lindqvist"))
    assert len(await _more(company, before)) == 2


async def test_d2_somebody_who_waits_to_be_told_of_a_decision_learns_nothing_by_a_new_name(company: Company) -> None:
    """Ruth is told once Helena's request is decided; until then a new name of hers tells her of nothing."""
    request = await ask(company, company.helena)
    before = await ledger(company)
    await meet(company.door, account("URUTH", "Ruth Adeyemi-Clarke"))
    assert await _more(company, before) == [("helena", request), ("tara", request)]

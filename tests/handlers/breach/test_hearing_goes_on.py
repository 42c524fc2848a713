"""P9: a question whether a call may be heard goes on to whoever may decide it now, and ends with who asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from handlers import gather_calls, people
from handlers.acting import DELIVERY, WEB
from handlers.breach import handling, hearing
from handlers.rules.refusal import Refused
from handlers.sealing import Unopened
from storage.breaches import Breaches
from storage.database.store import Store
from storage.tables.breaches import ReportPart
from tests.handlers.breach.keeping import (
    QUESTION,
    asked,
    decided,
    the_call,
    the_page,
    with_deputies,
)
from tests.handlers.breach.reporting import Page, be_away, chosen, heard, page, tick
from tests.handlers.builders import NAMES, POLICY, Company, call, email, register

pytestmark = pytest.mark.long


async def _accused(company: Company, mine: Page) -> None:
    await mine.do(handling.accuse, chosen(company, "miles")[0], "He was there.")


async def _away(company: Company, _: Page) -> None:
    await be_away(company, company.miles)


async def _blocked(company: Company, _: Page) -> None:
    await company.door.enter(people.block("slack", "UMILES"), DELIVERY)


async def _another(company: Company, _: Page) -> None:
    held = company.door.policy.role("breach_fallback").model_copy(update={"holder": email(NAMES["deven"])})
    roles = company.door.policy.roles.model_copy(update={"breach_fallback": held})
    company.door.policy = company.door.policy.model_copy(update={"roles": roles})


Turn = Callable[[Company, Page], Awaitable[None]]


@pytest.mark.parametrize("turn", [_accused, _away, _blocked, _another])
async def test_p9_a_question_goes_on_to_whoever_may_decide_it_now(company: Company, turn: Turn) -> None:
    """Helena is accused, so Miles was asked; then he may not decide any more, and Deven stands in."""
    company.door.policy = with_deputies(POLICY, breach_fallback=("deven",))
    mine, name = await asked(company, accused=["helena"])
    assert await heard(company) == {"miles": [QUESTION]}
    miles = await page(company, company.miles, mine.report)
    await turn(company, mine)
    with pytest.raises(Refused):
        await miles.do(hearing.decide_hearing, name, email(NAMES["ruth"]), allowed=True)
    await tick(company)
    out = turn is _accused
    assert (await heard(company)).get("deven") == (None if out else [QUESTION])
    with pytest.raises(Refused):
        await page(company, company.miles, mine.report)
    assert (await the_call(mine)).state == "asked"
    if not out:
        await decided(company, mine, name, "deven")
        assert (await the_call(mine)).state == "hear"


async def test_p9_a_question_ends_with_who_asked_it(company: Company) -> None:
    mine, _ = await asked(company)
    helena = await page(company, company.helena, mine.report)
    assert (await the_call(helena)).state == "decide"
    await be_away(company, company.ruth)
    await tick(company)
    await tick(company)
    assert (await the_call(helena)).state == "ask"


async def test_p13_the_copy_is_sealed_for_its_place(company: Company) -> None:
    """A part that somebody moved to another place does not open."""
    mine, name = await asked(company)
    await decided(company, mine, name, "helena")

    def swap(store: Store) -> None:
        rows = Breaches(store.session)
        one, other = (store.session.get_one(ReportPart, f"{mine.report}/{name}/{piece}") for piece in (0, 1))
        one.sealed, other.sealed = other.sealed, one.sealed
        assert rows.pieces(mine.report, name) == [0, 1]

    await company.database.write(swap)
    with pytest.raises(Unopened):
        await company.door.enter(hearing.hear(mine.report, mine.session, name, 0), WEB)


@pytest.mark.by_hand
async def test_p13_what_a_kept_call_was_is_known_once_the_original_is_erased(company: Company) -> None:
    mine, _ = await asked(company)
    before = await the_call(mine)

    def erase(store: Store) -> None:
        one = store.recordings.get(company.calls[0])
        assert one is not None
        one.state, one.operator_name, one.caller, one.crm = "erased", "", "", ""

    await company.database.write(erase)
    assert (await the_call(mine)).words == before.words
    assert "Bram Tolliver" in before.words


async def test_p13_words_that_find_too_many_calls_gather_none(company: Company) -> None:
    mine = await the_page(company)
    await register(company.door, *(call(5, native_id=f"more-{number}", crm="CS-77777") for number in range(21)))
    with pytest.raises(Refused) as told:
        await mine.do(gather_calls, "CS-77777")
    assert "more than 20 calls" in told.value.fields["words"]
    assert len((await mine.read()).calls) == 1

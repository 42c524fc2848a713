"""P8: what was promised is told with its sum, and moves only where somebody who decides takes the new date."""

from __future__ import annotations

from datetime import date

from handlers import ROOMS
from handlers.acting import Visitor
from handlers.matters.showing import whole
from handlers.policy import Policy
from handlers.policy.terms import Closure
from tests.handlers.builders import POLICY, Company, ask
from tests.handlers.reading import lines, seen


def with_closure(policy: Policy, *days: date) -> Policy:
    """The same policy, with days on which the company is shut."""
    company = policy.company.model_copy(update={"closure_days": tuple(Closure(date=one, lines=()) for one in days)})
    return policy.model_copy(update={"company": company})


SHUT = with_closure(POLICY, date(2026, 12, 4))
SUM = "Received <24 Nov 03:00 Australia/Sydney>. Unanswered, it lapses <08 Dec 06:00 Australia/Sydney>, on working day 10."


async def details(company: Company, request: str, who: Visitor) -> list[str]:
    """All of a card, as Details shows it."""

    def work(store: object) -> list[str]:
        act = company.door.act(store, who)  # type: ignore[arg-type]
        return lines(whole(act, ROOMS, request))  # type: ignore[arg-type]

    return await company.database.read(work)


async def test_p8_the_sum_stands_behind_details(company: Company) -> None:
    request = await ask(company, company.anna)
    for who in (company.anna, company.tara):
        assert SUM in await details(company, request, who)
        assert SUM not in lines(await seen(company, request, who))


async def test_p7_what_silence_has_brought_already_is_announced_no_more(company: Company) -> None:
    """The clock is late, so that a request still waits at whose moment it should have lapsed."""
    request = await ask(company, company.anna)
    assert "If no one decides" in str(lines(await seen(company, request, company.anna)))
    company.clock.pass_(days=60)
    assert "If no one decides" not in str(lines(await seen(company, request, company.anna)))

"""P8: what was promised is told with its sum, and moves only where somebody who decides takes the new date."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, update

from handlers import ROOMS
from handlers.access.intents import Recheck, Recount
from handlers.acting import CLOCK, Visitor
from handlers.matters.showing import whole
from handlers.policy import Policy
from handlers.policy.terms import Closure
from storage.deadlines import Deadline
from storage.records import Matter
from tests.each import each
from tests.handlers.builders import CLAIM, POLICY, Company, ask, audit, quiet, refusal, stored
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import labels, lines, seen
from tests.handlers.test_waiting import steps, sydney


def with_closure(policy: Policy, *days: date) -> Policy:
    """The same policy, with days on which the company is shut."""
    company = policy.company.model_copy(update={"closure_days": tuple(Closure(date=one, lines=()) for one in days)})
    return policy.model_copy(update={"company": company})


SHUT = with_closure(POLICY, date(2026, 12, 4))
SUM = "Received <24 Nov 03:00 Australia/Sydney>. Unanswered, it lapses <08 Dec 06:00 Australia/Sydney>, on working day 10."
CHANGED = (
    "⚠️ The calendar has changed since this was promised. Fri 4 Dec is a closure day. "
    "Counted now it would be due <09 Dec 06:00 Australia/Sydney>. What was promised stays."
)


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
    assert "If nobody decides" in str(lines(await seen(company, request, company.anna)))
    company.clock.pass_(days=60)
    assert "If nobody decides" not in str(lines(await seen(company, request, company.anna)))


async def test_p9_the_sum_of_an_investigation_promises_no_end(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    told = SUM.replace("it lapses", "it raises an alarm")
    assert told in await details(company, request, company.anna)


async def test_p8_a_closure_day_that_is_entered_later_moves_nothing_in_silence(company: Company) -> None:
    request = await ask(company, company.anna)
    company.door.policy = SHUT
    assert CHANGED in lines(await seen(company, request, company.tara))
    assert CHANGED in lines(await seen(company, request, company.anna))
    assert (await stored(company, request)).due_at == sydney("2026-12-08", 17)
    offered = [line for line in await details(company, request, company.tara) if "Take the new date" in line]
    assert offered == ["The date can be counted anew. [Take the new date]"]
    assert not [line for line in await details(company, request, company.anna) if "Take the new date" in line]


async def test_p8_whoever_decides_may_take_the_new_date_on_record(company: Company) -> None:
    request = await ask(company, company.anna)
    company.door.policy = SHUT
    await company.door.enter(Recount(request), company.tara)
    stands = await stored(company, request)
    assert stands.due_at == sydney("2026-12-09", 17)
    [*_, (actor, action, _, clause, detail)] = await audit(company, request)
    assert (actor, action, clause) == (f"person:{company.tara.person_id}", "access.recount", "P7")
    assert detail == {"before": "2026-12-08T06:00:00+00:00", "now": "2026-12-09T06:00:00+00:00"}
    await quiet(company, Recount(request), company.tara)
    await pass_until(company, sydney("2026-12-09", 16))
    assert (await stored(company, request)).state == "waiting"
    await pass_until(company, sydney("2026-12-09", 18))
    assert (await stored(company, request)).state == "lapsed"


async def test_p8_what_fell_already_does_not_fall_again(company: Company) -> None:
    request = await ask(company, company.anna)
    await pass_until(company, sydney("2026-11-26", 18))
    company.door.policy = SHUT
    await company.door.enter(Recount(request), company.tara)
    await pass_until(company, sydney("2026-12-31"))
    assert await steps(company, request) == ["access.remind", "access.deputy", "access.next", "access.lapse"]


@each("who", ["anna", "bram", "helena"])
async def test_p8_nobody_else_moves_a_promise(company: Company, who: str) -> None:
    request = await ask(company, company.anna)
    company.door.policy = SHUT
    assert (await refusal(company, Recount(request), company.people[who])).code
    assert (await stored(company, request)).due_at == sydney("2026-12-08", 17)


async def test_p7_a_request_of_an_earlier_version_is_promised_from_now_on(company: Company) -> None:
    """It does not lapse in the moment of the upgrade."""
    request = await ask(company, company.anna)
    await company.database.write(lambda store: store.session.execute(delete(Deadline)) and None)
    await company.database.write(
        lambda store: store.session.execute(update(Matter).values(promise=None, due_at=None)) and None
    )
    assert not [line for line in lines(await seen(company, request, company.tara)) if "If nobody decides" in line]
    assert "Take the new date" not in labels(await seen(company, request, company.tara))
    company.clock.pass_(days=30)
    await company.door.enter(Recheck(request), CLOCK)
    assert (await stored(company, request)).due_at == sydney("2027-01-12", 17)
    assert [one for one in lines(await seen(company, request, company.tara)) if "If nobody decides" in one]

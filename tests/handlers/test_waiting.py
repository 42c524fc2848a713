"""P7, P9: what silence brings to a request or an investigation, step by step, and who hears of it when."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.access import deciding
from handlers.acting import Actor
from handlers.matters.showing import details_page
from tests.handlers.builders import (
    CLAIM,
    UK,
    Company,
    approved,
    ask,
    audit,
    call,
    ledger,
    parts,
    refusal,
    register,
    stored,
)
from tests.handlers.passing_time import delivered, digests, fall, pass_until
from tests.handlers.reading import card_of, labels, lines, seen, title

pytestmark = pytest.mark.long

SYDNEY = ZoneInfo("Australia/Sydney")
LATER = datetime(2027, 2, 1, tzinfo=UTC)


def sydney(day: str, hour: int = 9) -> datetime:
    """A moment in Sydney."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=SYDNEY)


async def steps(company: Company, request: str) -> list[str]:
    """What the log says of the clock's steps, in their order."""
    return [one[1] for one in await audit(company, request) if (one[0], one[2]) == ("clock", "done")]


async def told_at(company: Company, who: Actor) -> list[datetime]:
    return [row.queued_at for row in await ledger(company, who) if row.kind == "digest"]


async def test_p7_silence_brings_the_deputy_then_the_head_and_in_the_end_it_lapses(company: Company) -> None:
    """Asked on Tuesday at 14:00 in Sydney: steps fall at 17:00 on working days 1, 2, 3 and 10."""
    request = await ask(company, company.anna)
    await delivered(company)
    await pass_until(company, sydney("2026-11-25", 16))
    assert await parts(company, request) == {"tara": "approver"}
    await pass_until(company, sydney("2026-11-26", 17))
    assert await parts(company, request) == {"tara": "approver", "deven": "approver"}
    await pass_until(company, sydney("2026-11-27", 17))
    assert await parts(company, request) == {"tara": "approver", "deven": "approver", "helena": "approver"}
    assert (await stored(company, request)).state == "waiting"
    await pass_until(company, sydney("2026-12-08", 17))
    assert (await stored(company, request)).state == "lapsed"
    assert await steps(company, request) == ["access.remind", "access.deputy", "access.next", "access.lapse"]
    late = [detail for _, _, _, _, detail in await audit(company, request) if "late_seconds" in detail]
    assert late == []


async def test_p7_messages_come_in_the_morning_after(company: Company) -> None:
    await ask(company, company.anna)
    await delivered(company)
    await pass_until(company, LATER)
    assert await told_at(company, company.tara) == [sydney("2026-11-26"), sydney("2026-12-09")]
    assert await told_at(company, company.anna) == [sydney("2026-12-09")]
    # Who was asked anew gets the card itself, since nothing else waits.
    shown = [row.queued_at for row in await ledger(company, company.deven) if row.kind == "show"]
    assert shown[0] == sydney("2026-11-27")
    shown = [row.queued_at for row in await ledger(company, company.helena) if row.kind == "show"]
    assert shown[0] == sydney("2026-11-30")


async def test_p7_whoever_was_asked_by_silence_decides(company: Company) -> None:
    request = await ask(company, company.anna)
    await pass_until(company, sydney("2026-11-26", 18))
    await company.door.enter(deciding.approve_request(request), company.deven)
    assert (await stored(company, request)).decided_as == "deputy of the Customer Success Specialist Team Leader"
    await pass_until(company, LATER)
    assert (await stored(company, request)).state == "approved"
    assert "access.lapse" not in await steps(company, request)


async def test_p7_what_has_lapsed_is_decided_no_more(company: Company) -> None:
    request = await ask(company, company.anna)
    await pass_until(company, sydney("2026-12-08", 18))
    for wanted in (
        deciding.approve_request(request),
        deciding.deny_request(request, "Too late."),
        deciding.ask_requester(request, "Why?"),
    ):
        refused = await refusal(company, wanted, company.tara)
        assert str(refused).startswith("No one decided this request in time, so it lapsed on Tue 8 Dec, 17:00 Sydney.")
    mine = await card_of(company, request, company.anna)
    assert mine is not None
    assert (title(mine), "Lapsed <08 Dec 06:00>" in lines(mine)[-1]) == ("⌛ lapsed", True)
    assert labels(mine) == ["Ask again"]


async def test_p7_of_calls_of_two_lines_the_earliest_moment_counts(company: Company) -> None:
    """The call of the line in London: a deadline falls eleven hours earlier in Sydney."""
    [there] = await register(company.door, call(9, line=UK))
    request = await ask(company, company.anna, calls=[company.calls[0], there])
    stands = await stored(company, request)
    assert stands.due_at == sydney("2026-12-08", 17)
    alone = await stored(company, await ask(company, company.anna, calls=[there], crm="CS-9"))
    assert alone.due_at == sydney("2026-12-09", 4)


async def test_p7_access_about_to_end_is_told_one_working_day_before(company: Company) -> None:
    """From Tuesday 14:00 for seven days, so on Monday."""
    request = await approved(company)
    await pass_until(company, LATER)
    assert await told_at(company, company.anna) == [sydney("2026-11-30", 14)]
    assert "access.ending" in await steps(company, request)


async def test_after_two_weeks_without_the_program_all_is_caught_up_in_order_and_marked_late(company: Company) -> None:
    """One message a person, and each thing that is late says so."""
    requests = [await ask(company, company.anna, calls=[one], crm=f"CS-{one}") for one in company.calls[:3]]
    await delivered(company)
    company.clock.now = sydney("2026-12-14", 3)
    await fall(company)
    for request in requests:
        assert (await stored(company, request)).state == "lapsed"
        assert await steps(company, request) == ["access.remind", "access.deputy", "access.next", "access.lapse"]
        [lapsed] = [detail for *_, action, _, _, detail in await audit(company, request) if action == "access.lapse"]
        assert lapsed["late_seconds"] == (sydney("2026-12-14", 3) - sydney("2026-12-08", 17)).total_seconds()
    await pass_until(company, sydney("2026-12-14", 12))
    for who in (company.anna, company.tara):
        assert await told_at(company, who) == [sydney("2026-12-14", 9)]
        [told] = await digests(company, who)
        assert sum("late, this fell" in line for line in told) == 3


async def test_p9_an_investigation_never_lapses_and_everybody_asked_is_reminded_weekly(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    await pass_until(company, sydney("2026-12-01", 9))
    await delivered(company)
    await pass_until(company, sydney("2026-12-23", 9))
    weekly = [sydney("2026-12-09"), sydney("2026-12-16"), sydney("2026-12-23")]
    assert (await told_at(company, company.helena))[-3:] == weekly
    assert (await told_at(company, company.ruth))[-3:] == weekly
    assert await parts(company, request) == {"helena": "approver", "henrik": "approver", "ruth": "approver"}
    assert (await stored(company, request)).state == "waiting"
    told = (await digests(company, company.ruth))[-1]
    assert told[0].startswith("Anna Quill’s request to hear a call has waited 4 weeks for your decision.")
    await company.door.enter(deciding.approve_request(request), company.ruth)
    await pass_until(company, sydney("2027-01-20", 9))
    assert (await told_at(company, company.helena))[-1] == weekly[-1]


SUM = "Received <24 Nov 03:00 Australia/Sydney>. Unanswered, it lapses <08 Dec 06:00 Australia/Sydney>, on working day 10."


async def details(company: Company, request: str, who: Actor) -> list[str]:
    """All of a card, as Details shows it."""

    def work(store: object) -> list[str]:
        ctx = company.door.context(store, who)  # type: ignore[arg-type]
        return lines(details_page(ctx, request))  # type: ignore[arg-type]

    return await company.database.read(work)


async def test_p8_the_sum_stands_behind_details(company: Company) -> None:
    request = await ask(company, company.anna)
    for who in (company.anna, company.tara):
        assert SUM in await details(company, request, who)
        assert SUM not in lines(await seen(company, request, who))

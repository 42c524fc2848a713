"""P7, P9: what silence brings to a request, step by step, who hears of it when, and how long access lasts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers import CHANGES, listening
from handlers.access import deciding
from handlers.acting import CLOCK, Actor
from storage.database.store import Store
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    UK,
    Company,
    approved,
    ask,
    audit,
    away,
    call,
    ledger,
    parts,
    quiet,
    refusal,
    register,
    seeded,
    stored,
    words_for,
)
from tests.handlers.passing_time import delivered, digests, fall, pass_until
from tests.handlers.reading import buttons, detailed, home_of, labels, lines, seen, title

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
    for until in (sydney("2026-11-25"), sydney("2026-11-28"), sydney("2026-11-30", 10), LATER):
        await delivered(company)
        await pass_until(company, until)
    assert await told_at(company, company.tara) == [sydney("2026-11-26"), sydney("2026-12-09")]
    assert await told_at(company, company.anna) == [sydney("2026-12-09")]
    # A person who is asked now gets the card itself, since nothing else is waiting.
    shown = [row.queued_at for row in await ledger(company, company.deven) if row.kind == "show"]
    assert shown[0] == sydney("2026-11-27")
    # They are reminded once, like the first: the deputy on the next working morning, then the Head.
    assert await told_at(company, company.deven) == [sydney("2026-11-30"), sydney("2026-12-09")]
    assert await told_at(company, company.helena) == [sydney("2026-12-01"), sydney("2026-12-09")]
    shown = [row.queued_at for row in await ledger(company, company.helena) if row.kind == "show"]
    assert shown[0] == sydney("2026-11-30")


async def test_p7_who_hears_late_of_being_asked_is_reminded_after_that(company: Company) -> None:
    """After a week without the program, and when a holiday of the deputy's falls between two steps."""

    async def reached(who: Actor) -> list[tuple[str, datetime]]:
        rows = await ledger(company, who)
        return [(row.kind, row.queued_at) for row in rows if row.kind == "digest" or row.payload.get("again")]

    await ask(company, company.anna)
    await delivered(company)
    await pass_until(company, sydney("2026-11-26", 16))
    company.clock.now = sydney("2026-12-02", 3)
    await fall(company)
    await pass_until(company, sydney("2026-12-04", 12))
    for who in (company.deven, company.helena):
        assert await reached(who) == [("digest", sydney("2026-12-02")), ("show", sydney("2026-12-04"))]
        assert [len(told) for told in await digests(company, who)] == [1]
    company.clock.now = datetime(2027, 6, 9, 9, tzinfo=UTC)
    there = await register(company.door, call(9, line=UK, started=datetime(2027, 6, 8, 9, tzinfo=UTC)))
    await ask(company, company.anna, calls=there)
    for until in (sydney("2027-06-09", 21), sydney("2027-06-16"), sydney("2027-06-17", 12)):
        await delivered(company)
        await pass_until(company, until)
    assert (await reached(company.deven))[-2:] == [("show", sydney("2027-06-15")), ("digest", sydney("2027-06-17"))]


async def test_p7_a_person_who_was_asked_by_silence_decides(company: Company) -> None:
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
    mine = await seen(company, request, company.anna)
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
        assert sum("late, this was due" in line for line in told) == 3


async def test_p9_an_investigation_never_lapses_and_everyone_asked_is_reminded_weekly(company: Company) -> None:
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
    assert told[0].startswith("Reminder after 4 weeks: Anna Quill is asking to hear a call.")
    await company.door.enter(deciding.approve_request(request), company.ruth)
    await pass_until(company, sydney("2027-01-20", 9))
    assert (await told_at(company, company.helena))[-1] == weekly[-1]


async def coming(company: Company, kind: str, subject: str) -> datetime | None:
    return await company.database.read(lambda store: store.deadlines.moment(kind, subject))


async def _ends(company: Company, request: str) -> timedelta:
    """For how long access lasts from now, by the grant and by the clock, which agree."""
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    assert await coming(company, "access.end", request) == grant.ends_at
    return grant.ends_at - company.clock.now


@each(("label", "days"), [("Approve", 7), ("Approve for 1 day", 1), ("Approve for 30 days", 30)])
async def test_p7_the_approver_chooses_how_long_access_lasts(company: Company, label: str, days: int) -> None:
    request = await ask(company, company.anna)
    card = await detailed(company, request, company.tara)
    [button] = [one for one in buttons(card) if one.label == label]
    await company.door.enter(CHANGES[button.action].intent(button.value), company.tara)
    assert await _ends(company, request) == timedelta(days=days)


async def test_p7_a_length_that_the_policy_does_not_offer_is_refused(company: Company) -> None:
    request = await ask(company, company.anna)
    refused = await refusal(company, deciding.approve_request(request, "90"), company.tara)
    assert str(refused) == "Access can last 1 or 7 or 30 days. Please choose one of these."


async def test_p7_the_same_approver_gives_more_time_with_one_press(company: Company) -> None:
    company.clock.now = sydney("2026-11-26", 10)
    request = await approved(company)
    await delivered(company)
    assert labels(await seen(company, request, company.anna)) == ["Listen", "More time", "Withdraw"]
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    await fall(company)
    [[told]] = await digests(company, company.tara)
    assert told.startswith("Anna Quill asked you for more time to hear a call.")
    card = await seen(company, request, company.tara)
    assert (title(card), labels(card)) == ("⏳ Anna Quill wants more time", ["Approve", "Deny"])
    assert "Approve gives 7 more days, until <09 Dec 23:00>." in str(lines(card))
    assert "Anna Quill wants more time" in str(lines(await home_of(company, company.tara)))
    await company.door.enter(CHANGES["extend"].intent(request), company.tara)
    assert await _ends(company, request) == timedelta(days=14)
    assert (await words_for(company, company.anna))[-1] == (
        "Tara Lindqvist gave you more time to hear a call, until Thu 10 Dec, 10:00 Sydney."
    )
    assert labels(await seen(company, request, company.anna)) == ["Listen", "More time", "Withdraw"]
    card = await seen(company, request, company.tara)
    assert (labels(card), "Access until <09 Dec 23:00>. To withdraw" in str(lines(card))) == ([], True)
    await pass_until(company, sydney("2026-12-09", 10))
    await company.door.enter(listening.make_listen_code(request), company.anna)


async def test_p7_without_more_time_access_ends_as_it_would_have(company: Company) -> None:
    for answered in (True, False):
        request = await approved(company, crm=f"CS-{answered:d}")
        await company.door.enter(deciding.ask_for_more_time(request), company.anna)
        if answered:
            await company.door.enter(deciding.deny_more_time(request), company.tara)
            assert (await words_for(company, company.anna))[-1].startswith(
                "Tara Lindqvist denied your request for more time"
            )
            card = await seen(company, request, company.anna)
            assert labels(card) == ["Listen", "Withdraw"]
            assert "You weren’t given more time. You can listen until" in str(lines(card))
            assert (await refusal(company, deciding.ask_for_more_time(request), company.anna)).code == "denied"
            assert await refusal(company, deciding.deny_more_time(request), company.tara)
        company.clock.pass_(days=7)
        await company.door.enter(deciding.expire_access(request), CLOCK)
        refused = await refusal(company, deciding.extend_access(request), company.tara)
        assert str(refused) == "This has already been answered, or access has ended."
        assert labels(await seen(company, request, company.tara)) == []


async def test_p7_only_who_gave_access_gives_more_time_and_only_its_holder_asks(company: Company) -> None:
    waits = await ask(company, company.anna, crm="CS-9")
    assert (await refusal(company, deciding.ask_for_more_time(waits), company.anna)).code == "no_grant"
    request = await approved(company)
    for who in (company.tara, company.bram):
        assert await refusal(company, deciding.ask_for_more_time(request), who)
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    await quiet(company, deciding.ask_for_more_time(request), company.anna)
    for who in (company.anna, company.helena, company.deven):
        assert await refusal(company, deciding.extend_access(request), who)
    assert await _ends(company, request) == timedelta(days=7)


async def test_p7_while_the_approver_is_away_the_deputy_gives_more_time(company: Company) -> None:
    request = await approved(company)
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    company.door.policy = away(POLICY, "team_leader")
    assert "You asked for more time. Deven Okafor is deciding." in str(
        lines(await seen(company, request, company.anna))
    )
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    assert "Deven Okafor" in str(lines(await seen(company, request, company.anna)))
    assert labels(await seen(company, request, company.deven)) == ["Approve", "Deny"]
    assert "Anna Quill wants more time" in str(lines(await home_of(company, company.deven)))
    await company.door.enter(deciding.extend_access(request), company.deven)
    assert "Anna Quill" not in str(lines(await home_of(company, company.deven)))
    assert await _ends(company, request) == timedelta(days=14)


async def test_p12_more_time_than_the_call_has_is_told_to_the_approver(company: Company) -> None:
    request = await approved(company)
    erased = company.clock.now + timedelta(days=9)
    await company.database.write(lambda store: _erase_at(store, request, erased))
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    told = f"⚠️ This call is erased <{erased:%d %b %H:%M} Australia/Sydney>, before this access ends."
    assert told in lines(await seen(company, request, company.tara))
    assert "erased" not in str(lines(await seen(company, request, company.anna)))
    await company.database.write(lambda store: _erase_at(store, request, company.clock.now))
    assert labels(await detailed(company, request, company.tara)) == ["Deny", "Hold"]


def _erase_at(store: Store, request: str, at: datetime) -> None:
    for one in store.recordings.of_request(request):
        one.erase_at = at
    seeded(store)


async def test_p7_a_nudge_reminds_beneath_the_card_once_a_day(company: Company) -> None:
    company.clock.now = sydney("2026-11-26", 10)
    request = await ask(company, company.anna)
    await delivered(company)
    assert labels(await seen(company, request, company.anna)) == ["Nudge", "Withdraw"]
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    pressed = await seen(company, request, company.anna)
    assert "Sent to Tara Lindqvist ✓ <25 Nov 23:00>" in lines(pressed)
    assert labels(pressed) == ["Withdraw"]
    await fall(company)
    [[told]] = await digests(company, company.tara)
    assert told.startswith("Anna Quill is waiting for your decision.")
    assert told.endswith("[Details]")
    company.clock.pass_(hours=5)
    assert (await refusal(company, deciding.nudge_approvers(request), company.anna)).code == "too_soon"
    company.clock.pass_(hours=19)
    await fall(company)
    await delivered(company)
    assert labels(await seen(company, request, company.anna)) == ["Nudge", "Withdraw"]
    assert await company.database.read(lambda store: _last_drawn(store, request, company.anna)) == company.clock.now
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    await fall(company)
    assert len([one for one in await ledger(company, company.tara) if one.kind == "digest"]) == 2


def _last_drawn(store: Store, request: str, who: Actor) -> datetime | None:
    copy = store.outbox.copy(request, who.person_id or 0)
    return copy.drawn_at if copy is not None else None


async def test_p7_a_question_for_more_time_before_work_is_on_the_approvers_card_at_once(company: Company) -> None:
    company.clock.now = sydney("2026-11-26", 6)
    request = await approved(company)
    company.clock.pass_(minutes=3)
    await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    assert "You asked for more time. Sent to Tara Lindqvist ✓" in lines(await seen(company, request, company.anna))
    company.clock.now = sydney("2026-11-27", 20)
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    assert "Your reminder goes to Tara Lindqvist <29 Nov 22:00>" in str(
        lines(await seen(company, request, company.anna))
    )


async def test_p7_a_nudge_before_work_says_when_it_comes(company: Company) -> None:
    company.clock.now = sydney("2026-11-26", 7)
    request = await ask(company, company.anna)
    await company.door.enter(deciding.nudge_approvers(request), company.anna)
    assert "Your reminder goes to Tara Lindqvist <25 Nov 22:00>" in lines(await seen(company, request, company.anna))
    company.clock.pass_(hours=25)
    assert (await refusal(company, deciding.nudge_approvers(request), company.anna)).code == "too_soon"

"""The month at a glance: who reads it, what it tells, what goes round a reader, and what was missed, each with its reason."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers import BUTTONS
from handlers import listening as handlers_listening
from handlers.access import deciding
from handlers.acting import CLOCK, COMMAND, WEB, Actor, Context
from handlers.cards import Button, Card
from handlers.customers import serving
from handlers.figures import room
from handlers.figures.room import Figures, for_reader, is_pass_open, month_figures, reader_of_session
from handlers.random_review import reviews
from handlers.retention import closing, erasing
from handlers.room import Hands, Shows
from handlers.rules import Refused
from handlers.rules.figures import month_named
from storage.database.store import Store
from tests.erasing import newest_erasure
from tests.handlers.builders import Company, approved, ask, away, call, claim_about, email, player_of, refusal, register
from tests.handlers.customers import acts, releasing
from tests.handlers.customers.builders import do, sent
from tests.handlers.declined.acts import afterwards
from tests.handlers.holds import acts as holds
from tests.handlers.holds.acts import OLD, asked_to_delete, certified, close, old_call
from tests.handlers.notices.acts import answer, begun
from tests.handlers.passing_time import pass_until
from tests.handlers.random_review.acts import all_drawn, heard, reviewed, reviews_of
from tests.handlers.reading import buttons, lines, listed, looking
from tests.handlers.whose_data.acts import hear

pytestmark = pytest.mark.long


MONTH = "2026-11"
ROW = "📋 October 2026 in numbers [The month at a glance]"


async def told(company: Company, who: Actor, month: str = MONTH) -> list[str]:
    """What the page in words says to this person."""
    shows = BUTTONS["figures"]
    assert isinstance(shows, Shows)
    page = await looking(company, who, lambda ctx: shows.page(ctx, month))
    return lines(Card(page.parts, page.summary))


async def hers(company: Company, who: Actor, month: str = MONTH) -> Figures:
    return await looking(company, who, lambda ctx: for_reader(ctx, ctx.me, month))


def rows(found: Figures, key: str) -> list[tuple[object, ...]]:
    table = found.table(key)
    assert table is not None
    return list(table.rows)


async def test_the_two_officers_have_it_at_home_and_no_one_else_has(company: Company) -> None:
    for who in (company.helena, company.ruth):
        assert ROW in lines(await listed(company, who))
    for who in (company.tara, company.anna, company.henrik, company.miles):
        assert "# The month at a glance" not in lines(await listed(company, who))
        with pytest.raises(Refused, match="is for the Head of Customer Success"):
            await told(company, who)
    company.door.policy = away(company.door.policy, "head_of_customer_success")
    assert ROW in lines(await listed(company, company.henrik))
    assert "# Deadlines (P7 · P8 · P10 · P12)" in await told(company, company.henrik)


async def test_what_can_be_no_month_is_told_whatever_a_client_sends(company: Company) -> None:
    for value in ("2027-01", "x", "2026-1", "../etc"):
        with pytest.raises(Refused):
            await told(company, company.ruth, value)


async def test_p11_listening_is_told_by_its_reason_and_counts_once_audio_left_the_house(company: Company) -> None:
    request = await approved(company)
    session = await player_of(company, request)
    assert rows(await hers(company, company.ruth), "listening") == []
    await company.door.enter(
        handlers_listening.note_served(session.grant, session.secret, company.calls[0], 0.0, 30.0), WEB
    )
    reason = company.door.policy.reasons["complaint"].label
    assert rows(await hers(company, company.ruth), "listening") == [(reason, 1, 1, 0.0)]
    assert rows(await hers(company, company.ruth, "2026-10"), "listening") == []


async def test_p11_an_investigation_counts_for_everyone_a_year_after_its_end_and_not_before(company: Company) -> None:
    claim = await ask(company, company.anna, **claim_about("helena"))
    before = await told(company, company.helena)
    await company.door.enter(deciding.approve_request(claim), company.ruth)
    await hear(company, claim, company.anna)
    for who in (company.helena, company.ruth):
        assert await told(company, who) == before
    assert not [one for one in before if "Investigations and legal" in one]
    company.clock.pass_(days=380)
    for who in (company.helena, company.ruth):
        found = await hers(company, who)
        assert rows(found, "requests")[0][:3] == ("Investigations and legal claims", 1, 1)
        assert rows(found, "listening") == [("Defence of a legal claim", 1, 1, 0.0)]


async def test_p12_a_hold_that_names_people_is_in_no_number_and_its_call_goes_like_all_others(company: Company) -> None:
    old = await holds.old_call(company)
    one = await holds.hold(company, company.ruth, [old], until="2026-12-20", concerned=holds.about("helena"))
    await holds.close(company, old)
    company.clock.pass_(hours=3)
    for who in (company.helena, company.ruth):
        late = await hers(company, who)
        assert rows(late, "erasures") == [("Twelve months were up", 1, 0, 0, 0, 0, 0)]
        assert rows(late, "holds") == rows(late, "exceptions") == rows(late, "missed") == []
    await holds.release(company, one.hold, company.ruth)


async def test_p12_any_other_hold_is_counted_with_the_calls_that_it_keeps(company: Company) -> None:
    old = await holds.old_call(company)
    await holds.hold(company, company.helena, [old], until="2026-12-20")
    await holds.close(company, old)
    company.clock.pass_(hours=3)
    found = await hers(company, company.ruth)
    assert rows(found, "erasures") == [("Twelve months were up", 0, 1, 0, 0, 0, 0)]
    assert rows(found, "exceptions") == [("Calls kept past their time by a hold", 1)]
    assert rows(found, "holds") == [("Set or confirmed", 1), ("In force at the month’s end", 1)]
    table = found.table("holds")
    assert table is not None
    assert table.note == "They keep 1 call at the month’s end."


async def test_p11_a_decline_of_a_call_under_investigation_is_counted_with_it(company: Company) -> None:
    declined = await afterwards(company)
    [row] = rows(await hers(company, company.ruth), "declines")
    assert row[-1] == declined
    await holds.hold(company, company.ruth, company.calls, until="2026-12-20", concerned=holds.about("helena"))
    assert rows(await hers(company, company.ruth), "declines") == []


async def test_p5_a_decline_on_a_readers_own_call_is_not_told(company: Company) -> None:
    mine = {"operator_name": "Helena Marsh", "operator_key": email("Helena Marsh"), "native_id": "mine"}
    await register(company.door, call(0, **mine, started=company.clock.now - timedelta(minutes=9)))
    await afterwards(company)
    [row] = rows(await hers(company, company.ruth), "declines")
    assert row[:5] == ("Australia and New Zealand", "Bram Tolliver", 0, 1, 0)
    house = await looking(company, company.ruth, _whole)
    assert rows(house, "declines")[0][1] == company.bram.actor, "the bot’s administrator reads no name"


def _whole(ctx: Context) -> Figures:
    return month_figures(replace(ctx, who=COMMAND), month_named(ctx.policy, MONTH, ctx.now), named=False)


async def test_p13_reports_are_never_counted(company: Company) -> None:
    assert not [table for table in (await hers(company, company.ruth)).tables if "P13" in table.clause]


async def _code(company: Company, who: Actor) -> str:
    return (await company.door.enter(room.open_month(MONTH), who)).code


async def _stands(company: Company, kind: str, told_: str) -> bool:
    return await company.database.read(lambda store: is_pass_open(company.door.context(store, WEB), kind, told_))


def _reads(company: Company, session: str) -> Awaitable[str]:
    def work(store: Store) -> str:
        return reader_of_session(company.door.context(store, WEB), session).name

    return company.database.read(work)


async def test_a_link_opens_once_within_a_minute_and_the_session_lasts_an_hour(company: Company) -> None:
    code = await _code(company, company.helena)
    session = await company.door.enter(room.exchange_code(code), WEB)
    assert await _stands(company, "session", session)
    assert not await _stands(company, "code", code)
    assert (await refusal(company, room.exchange_code(code), WEB)).code == "code_spent"
    late = await _code(company, company.helena)
    company.clock.pass_(seconds=60)
    assert not await _stands(company, "code", late)
    assert (await refusal(company, room.exchange_code(late), WEB)).code == "code_spent"
    company.clock.pass_(minutes=59)
    assert not await _stands(company, "session", session)


async def test_a_code_or_session_of_another_page_opens_nothing_here(company: Company) -> None:
    code = await _code(company, company.helena)
    session = await company.door.enter(room.exchange_code(await _code(company, company.helena)), WEB)
    listening = await company.door.enter(handlers_listening.make_listen_code(await approved(company)), company.anna)
    for kind, one in (("session", code), ("code", session), ("code", listening), ("code", ""), ("session", "A" * 90)):
        assert not await _stands(company, kind, one)
    assert (await refusal(company, room.exchange_code(listening), WEB)).code == "code_spent"
    assert (await refusal(company, handlers_listening.exchange_code(code), WEB)).code == "code_unknown"


@pytest.mark.by_hand
async def test_a_session_gives_no_right_once_the_role_or_the_membership_is_gone(company: Company) -> None:
    session = await company.door.enter(room.exchange_code(await _code(company, company.ruth)), WEB)
    code = await _code(company, company.ruth)
    assert await _reads(company, session) == "Ruth Adeyemi"

    def leave_the_company(store: Store) -> None:
        store.people.get(company.ruth.person_id or 0).standing = "deactivated"

    kept = company.door.policy
    roles = kept.roles.model_copy(update={"manager_human_resources": kept.role("team_leader")})
    company.door.policy = kept.model_copy(update={"roles": roles})
    with pytest.raises(Refused, match="is for the Head"):
        await _reads(company, session)
    assert (await refusal(company, room.exchange_code(code), WEB)).code == "not_overseeing"
    company.door.policy = kept
    await company.database.write(leave_the_company)
    with pytest.raises(Refused, match="no longer open to you"):
        await _reads(company, session)


async def test_no_one_else_gets_a_link(company: Company) -> None:
    assert (await refusal(company, room.open_month(MONTH), company.tara)).code == "not_overseeing"
    hands = BUTTONS["figures_open"]
    assert isinstance(hands, Hands)
    link = await company.door.enter(room.open_month("2026-10"), company.ruth)
    [button] = buttons(Card(hands.page(link, "https://steward.example").parts, ""))
    assert button == Button(
        "open", "Open the page", "open", "primary", url=f"https://steward.example/figures/2026-10#{link.code}"
    )


@pytest.mark.soak
async def test_p8_a_customer_who_waited_too_long_is_there_with_day_and_reason(company: Company) -> None:
    request = await acts.a_request(company)
    late = await acts.a_request(company, person="Ines Vale", recordings=[f"{company.calls[1]}"])
    await pass_until(company, datetime(2026, 12, 7, tzinfo=UTC))
    await releasing.release(company, late)
    await releasing.accepted(company)
    december = await hers(company, company.ruth, "2026-12")
    assert rows(december, "deadlines")[0] == ("Customers answered within 7 working days (P8)", 0, 2, 0)
    told = {one[1:] for one in rows(december, "missed") if one[0] == "Customer’s request"}
    due = "Thu 3 Dec 2026, 17:00 Sydney"
    assert told == {(request, due, "no one has decided it yet"), (late, due, "decided after the deadline")}


async def test_p7_what_lapsed_is_missed(company: Company) -> None:
    request = await ask(company, company.anna)
    await pass_until(company, datetime(2026, 12, 12, tzinfo=UTC))
    december = await hers(company, company.ruth, "2026-12")
    [row] = rows(december, "missed")
    assert (row[0], row[1], row[3]) == ("Staff request", request, "no one decided it before it lapsed")
    assert rows(december, "deadlines")[1] == ("Staff requests decided before they lapse (P7)", 0, 1, 0)


async def test_p12_erasures_that_are_late_say_why_also_where_nothing_closed_the_call(company: Company) -> None:
    found = await register(
        company.door, *(call(1, native_id=f"o-{one}", started=OLD + timedelta(hours=one)) for one in range(3))
    )
    stuck, slow, forgotten = found
    name = await close(company, stuck)
    await company.door.enter(erasing.note_failure(name, "unavailable", 0), CLOCK)
    company.clock.pass_(hours=1)
    other = await close(company, slow)
    await company.door.enter(erasing.note_failure(other, "left", 1), CLOCK)
    company.clock.pass_(hours=2)
    assert await asked_to_delete(company, other)
    await certified(company, other)
    told = {row[1]: row[3] for row in rows(await hers(company, company.ruth), "missed")}
    assert told == {
        name: "the recording system didn’t answer; still trying", other: "it took 2 tries",
        f"call {forgotten}": "not locked yet",
    }  # fmt: skip
    table = rows(await hers(company, company.ruth), "erasures")
    assert table == [("Twelve months were up", 0, 0, 0, 3, 0, 0)]


async def test_p12_what_is_yet_to_come_is_not_missed_and_what_the_bot_came_to_late_is(company: Company) -> None:
    old = await old_call(company)
    assert rows(await hers(company, company.ruth), "erasures") == [("Twelve months were up", 0, 0, 0, 0, 0, 1)]
    company.clock.now = OLD + timedelta(days=366, hours=9)
    await company.door.enter(closing.close_call(old), CLOCK)
    erasure = await company.database.read(lambda store: newest_erasure(store, old))
    assert erasure is not None
    assert [row[3] for row in rows(await hers(company, company.ruth), "missed")] == ["still waiting its turn"]
    assert await asked_to_delete(company, erasure.id)
    await certified(company, erasure.id)
    assert [row[3] for row in rows(await hers(company, company.ruth), "missed")] == ["the bot got to it late"]


async def test_p10_reviews_stand_by_department_and_those_not_in_time_by_name(company: Company) -> None:
    draw = await all_drawn(company)
    for one in await reviews_of(company, draw):
        await company.door.enter(reviews.give_access(one.id), CLOCK)
    first, second, third = await reviews_of(company, draw)
    await reviewed(company, first)
    await heard(company, second)
    december = await hers(company, company.ruth, "2026-12")
    assert rows(december, "reviews")[1] == ("Customer Success", draw, 3, 3, 2, 1, 0, 2)
    await pass_until(company, datetime(2026, 12, 31, tzinfo=UTC))
    december = await hers(company, company.ruth, "2026-12")
    assert {row[1]: row[3] for row in rows(december, "missed")} == {
        second.id: "heard, but not reviewed", third.id: "no one heard it",
    }  # fmt: skip
    assert rows(december, "deadlines")[3] == ("Drawn calls reviewed in time (P10)", 1, 2, 0)
    assert rows(december, "listening") == [("Drawn at random for review (P10)", 2, 2, 0.0)]
    assert rows(await hers(company, company.ruth, "2026-11"), "reviews") == []


async def test_p3_notices_are_told_with_the_role_that_confirmed_them(company: Company) -> None:
    waiting = await begun(company)
    await answer(company, waiting["website"], company.helena)
    await answer(company, waiting["outgoing"], company.helena, answer="no")
    told = {row[0]: row[1:4] for row in rows(await hers(company, company.ruth), "notices")}
    assert told["Notice on the website"] == ("Confirmed", "Wed 25 Nov 2026, 09:00 Sydney", "Head of Customer Success")
    assert told["Notice on outgoing calls"][0] == "Answered no"
    assert told["Phone announcement"] == ("Not confirmed yet", None, None)


@pytest.mark.by_hand
async def test_p8_what_customers_had_is_by_itself_and_only_what_was_played_has_minutes(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, serving.note_played, company.calls[0], 0.0, 30.0)
    await do(one, serving.note_downloaded, (company.calls[0],))
    assert rows(await hers(company, company.ruth), "listening") == [("By customers: their own calls (P8)", 1, 1, 0.5)]

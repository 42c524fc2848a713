"""The month at a glance: who reads it, what it tells, and what goes round a reader and so is in no number."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import BUTTONS
from handlers import listening as handlers_listening
from handlers.access import deciding
from handlers.acting import COMMAND, WEB, Actor, Context
from handlers.cards import Button, Card
from handlers.figures import room
from handlers.figures.room import Figures, for_reader, is_pass_open, month_figures, reader_of_session
from handlers.room import Hands, Shows
from handlers.rules.figures import month_named
from handlers.rules.refusal import Refused
from storage.database.store import Store
from tests.handlers.builders import Company, approved, ask, away, call, claim_about, email, player_of, refusal, register
from tests.handlers.declined.acts import afterwards
from tests.handlers.holds import acts as holds
from tests.handlers.reading import buttons, lines, listed, looking
from tests.handlers.whose_data.acts import hear

MONTH = "2026-11"
NOTE = (
    "Confidential reports are never counted. Investigations, and holds that name people, are counted from 12 months after they end. "
    "Everyone sees these numbers and this note."
)
ROW = "📋 October 2026 in numbers [The month at a glance]"


async def told(company: Company, who: Actor, month: str = MONTH) -> list[str]:
    """What the page in words says to somebody."""
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


async def test_the_two_officers_have_it_at_home_and_nobody_else_has(company: Company) -> None:
    for who in (company.helena, company.ruth):
        assert ROW in lines(await listed(company, who))
    for who in (company.tara, company.anna, company.henrik, company.miles):
        assert "# The month at a glance" not in lines(await listed(company, who))
        with pytest.raises(Refused, match="is for the Head of Customer Success"):
            await told(company, who)
    company.door.policy = away(company.door.policy, "head_of_customer_success")
    assert ROW in lines(await listed(company, company.henrik))
    assert "# Deadlines (P7 · P8 · P10 · P12)" in await told(company, company.henrik)


async def test_a_month_in_which_nothing_happened_says_so_and_leads_on(company: Company) -> None:
    page = await told(company, company.ruth, "2026-10")
    for sentence in (
        "No one asked for anything.", "No deadline was missed.", "No call came to its moment.", "There was no hold.", "No one listened to a call.",
        "There were no exceptions.", "No one declined to be recorded.", "No notice was to be confirmed.", "No calls were drawn for review.",
    ):  # fmt: skip
        assert sentence in " ".join(page)
    assert page[0].startswith("October 2026, by Sydney time. It is over")
    assert page[-2:] == ["[Open with pictures] [Month before] [Month after]", f"({NOTE})"]
    running = await told(company, company.ruth)
    assert "This month isn’t over" in running[0]
    assert running[-2] == "[Open with pictures] [Month before]"


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


async def test_p11_an_investigation_counts_for_everybody_a_year_after_its_end_and_not_before(company: Company) -> None:
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
        assert rows(late, "erasures") == [("Twelve months were over", 1, 0, 0, 0, 0, 0)]
        assert rows(late, "holds") == rows(late, "exceptions") == rows(late, "missed") == []
    await holds.release(company, one.hold, company.ruth)


async def test_p12_any_other_hold_is_counted_with_the_calls_that_it_keeps(company: Company) -> None:
    old = await holds.old_call(company)
    await holds.hold(company, company.helena, [old], until="2026-12-20")
    await holds.close(company, old)
    company.clock.pass_(hours=3)
    found = await hers(company, company.ruth)
    assert rows(found, "erasures") == [("Twelve months were over", 0, 1, 0, 0, 0, 0)]
    assert rows(found, "exceptions") == [("Calls kept past their moment by a hold", 1)]
    assert rows(found, "holds") == [("Set or confirmed", 1), ("In force at the month’s end", 1)]
    table = found.table("holds")
    assert table is not None
    assert table.note == "They keep 1 call then."


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


async def test_nobody_else_gets_a_link(company: Company) -> None:
    assert (await refusal(company, room.open_month(MONTH), company.tara)).code == "not_overseeing"
    hands = BUTTONS["figures_open"]
    assert isinstance(hands, Hands)
    link = await company.door.enter(room.open_month("2026-10"), company.ruth)
    [button] = buttons(Card(hands.page(link, "https://steward.example").parts, ""))
    assert button == Button(
        "open", "Open the page", "open", "primary", url=f"https://steward.example/figures/2026-10#{link.code}"
    )

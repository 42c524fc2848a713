"""The delivery in trouble: pauses, outages, lost answers and people out of reach stay where they belong."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.outcomes import DOUBTFUL_WAIT
from bot.delivery.people import AGAIN
from bot.delivery.reaching import MOST_ATTEMPTS
from bot.ports import Unavailable, Unreachable
from bot.rehearsal.fake_chat import FakeChat, Fault
from handlers import HANDLERS
from handlers.access.intents import Approve, Notice
from handlers.acting import DELIVERY, Visitor
from handlers.delivering import LEASE, Claim
from handlers.door import Door
from handlers.home import OpenHome
from storage.database.store import Database
from storage.records import Outgoing
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Clock,
    Company,
    a_company,
    ask,
    audit,
    away,
    email,
    ledger,
    nobody_left,
    stored,
)
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import title
from tests.offices import Office, profile, states, worker

pytestmark = pytest.mark.usefixtures("logs")
OUTAGE, LOST = Unavailable("invalid_auth", outage=True), Unavailable("no_connection")

THIRTY = [f"deputy{one:02d}" for one in range(30)]


async def _with_thirty_approvers(database: Database) -> Office:
    leader = POLICY.role("team_leader")
    many = leader.model_copy(update={"deputies": tuple(email(one) for one in THIRTY)})
    policy = away(
        POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"team_leader": many})}), "team_leader"
    )
    company = await a_company(database, Clock(), policy)
    chat = FakeChat(map(profile, [*NAMES, *THIRTY[1:]]))  # the first is not to be found
    return Office(company, chat, worker(company, chat))


@pytest.mark.soak
async def test_a_partial_fan_out_reaches_everybody_else_at_once_and_nobody_twice(database: Database) -> None:
    office = await _with_thirty_approvers(database)
    unknown, limited, lost, cut_off, *others = THIRTY
    office.chat.faults += [
        Fault(Unavailable("ratelimited", retry_after=7), "post", f"U{limited.upper()}"),
        Fault(LOST, "post", f"U{lost.upper()}", done=True),
        Fault(OUTAGE, "post", f"U{cut_off.upper()}"),
    ]
    request = await ask(office.company, office.company.anna)
    await office.delivery.drain()
    assert all(len(office.titles(one)) == 1 for one in others)
    assert [len(office.titles(one)) for one in (unknown, limited, lost, cut_off)] == [0, 0, 1, 0]
    first = {one.person_id: one for one in await ledger(office.company) if one.payload["revision"] == 1}
    told = await _by_name(office, first)
    assert (told[unknown].state, told[unknown].code) == ("failed", "users_not_found")
    assert (told[limited].state, told[limited].code, told[limited].attempts) == ("queued", "ratelimited", 1)
    assert (told[lost].state, told[lost].code, told[lost].attempts) == ("queued", "no_connection", 1)
    assert (told[cut_off].state, told[cut_off].code, told[cut_off].attempts) == ("queued", "invalid_auth", 0)
    assert {told[one].state for one in others} == {"sent"}
    assert told[limited].due_at == office.clock.now + timedelta(seconds=7)

    await office.all_delivered()
    for one in (*others, limited, cut_off):
        assert len(office.titles(one)) == 1, one
    assert len(office.titles(lost)) == 2
    assert [AGAIN in card.parts for card in office.chat.cards(f"U{lost.upper()}")] == [False, True]
    parties = await office.company.database.read(lambda store: store.matters.parties(request))
    assert [one.unreachable for one in parties if one.unreachable] == ["users_not_found"]
    assert (await stored(office.company, request)).state == "waiting"
    assert {one.state for one in await ledger(office.company)} <= {"sent", "updated", "superseded", "failed"}


async def _by_name(office: Office, rows: dict[int, Outgoing]) -> dict[str, Outgoing]:
    people = await office.company.database.read(lambda store: store.people.named(rows))
    return {people[number].email_key.partition("@")[0]: row for number, row in rows.items()}


@pytest.mark.soak
async def test_an_outage_is_nobodys_fault_and_costs_no_attempt(office: Office) -> None:
    company = office.company
    office.chat.faults.append(Fault(OUTAGE, times=10**6))
    request = await ask(company, company.anna)
    for _ in range(MOST_ATTEMPTS + 2):
        await office.delivery.drain()
        office.clock.pass_(seconds=2)
    assert await states(company) == [("show", "queued", "invalid_auth", 0)] * 2
    office.chat.faults.clear()
    await office.all_delivered()
    assert [one[1] for one in await states(company)] == ["sent"] * 2
    assert (await audit(company, request))[-1][1] == "access.file"  # nobody else was asked
    assert not [one for card in office.chat.messages.values() for one in card.parts if one == AGAIN]


@pytest.mark.soak
async def test_p7_a_platform_that_fails_for_hours_costs_nobody_a_card_or_a_role(office: Office) -> None:
    """Who can't be reached is one thing; a platform that reaches nobody is another."""
    company = office.company
    office.chat.faults.append(Fault(Unavailable("http_503"), "post", times=10**6))
    request = await ask(company, company.anna)
    for _ in range(3 * MOST_ATTEMPTS):
        await office.delivery.drain()
        office.clock.pass_(minutes=6)
    assert [one[1] for one in await states(company)] == ["queued"] * 2
    office.chat.faults.clear()
    await office.all_delivered()
    assert office.titles("tara") == ["⏳ Access request · waiting for you"]
    parties = await company.database.read(lambda store: store.matters.parties(request))
    assert [one.person_id for one in parties] == [company.tara.person_id]


async def test_a_card_that_may_be_there_already_is_not_sent_again_at_once(office: Office) -> None:
    office.chat.faults.append(Fault(Unavailable("timeout"), "post", "UTARA", times=3, done=True))
    await ask(office.company, office.company.anna)
    await office.delivery.drain()
    [card] = await ledger(office.company, office.company.tara)
    assert (card.due_at - office.clock.now).total_seconds() == DOUBTFUL_WAIT


@pytest.mark.soak
async def test_trouble_is_met_with_longer_and_longer_pauses_and_an_end(office: Office) -> None:
    company = office.company
    office.chat.faults.append(Fault(Unavailable("invalid_blocks"), "post", "UTARA", times=10**6))
    request = await ask(company, company.anna)
    waits: list[float] = []
    for _ in range(MOST_ATTEMPTS):
        await office.delivery.drain()
        [first, *_] = await ledger(company, company.tara)
        waits.append((first.due_at - office.clock.now).total_seconds())
        office.clock.now = first.due_at
    assert waits[:-1] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    [card] = await ledger(company, company.tara)
    assert (card.state, card.code) == ("failed", "gave_up_invalid_blocks")
    parties = await company.database.read(lambda store: store.matters.parties(request))
    assert [one.person_id for one in parties] == [company.tara.person_id, company.deven.person_id]
    await office.all_delivered()
    assert office.titles("deven") == ["⏳ Access request · waiting for you"]


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (LOST, True), (Unavailable("timeout"), True), (Unavailable("http_502"), True),
        (Unavailable("ratelimited", retry_after=1), False), (Unavailable("invalid_blocks"), False), (OUTAGE, False),
        (Unavailable("fatal_error"), True), (Unavailable("internal_error"), True), (Unavailable("request_timeout"), False),
    ],
)  # fmt: skip
async def test_a_card_that_may_be_there_twice_says_so(office: Office, error: Unavailable, again: bool) -> None:
    office.chat.faults.append(Fault(error, "post", "UTARA"))
    await ask(office.company, office.company.anna)
    await office.all_delivered()
    [card] = office.chat.cards("UTARA")
    assert (AGAIN in card.parts) is again


async def test_a_card_that_a_dead_program_had_in_hand_says_so_too(office: Office) -> None:
    company = office.company
    await ask(company, company.anna)
    await company.door.enter(Claim(16), DELIVERY)  # and then the program died
    assert await office.delivery.drain() == 0
    office.clock.now += LEASE
    assert await office.delivery.drain() == 2
    assert all(AGAIN in card.parts for card in office.chat.messages.values())


@pytest.mark.soak
async def test_p7_a_reminder_words_and_an_alarm_that_may_be_there_twice_say_so_as_well(office: Office) -> None:
    """Tara is reminded of two requests, Anna reads that a third was approved, Miles that nobody may decide Helena's."""
    company = office.company
    [*_, third] = [await ask(company, company.anna, crm=f"CS-{one}") for one in range(3)]
    await office.all_delivered()
    before = set(office.chat.messages)
    office.chat.faults += [Fault(LOST, "post", whom, done=True) for whom in ("UTARA", "UANNA", "UMILES")]
    await pass_until(company, datetime(2026, 11, 25, 22, tzinfo=UTC))
    await company.door.enter(Approve(third), company.tara)
    company.door.policy = nobody_left(company.clock.now)
    await ask(company, company.helena)
    await office.all_delivered()
    posted = [(at.conversation, AGAIN in card.parts) for at, card in office.chat.messages.items() if at not in before]
    for whom in ("D-UTARA", "D-UANNA", "D-UMILES"):
        assert [again for to, again in posted if to == whom] == [False, True], whom


@pytest.mark.parametrize("code", ["user_disabled", "channel_not_found"])
async def test_an_approver_who_is_out_of_reach_is_passed_over(office: Office, code: str) -> None:
    company = office.company
    office.chat.faults.append(Fault(Unreachable(code), "post", "UTARA"))
    request = await ask(company, company.anna)
    await office.all_delivered()
    assert office.titles("deven") == ["⏳ Access request · waiting for you"]
    assert office.titles("anna") == ["⏳ Access request · waiting for Deven Okafor"]
    assert office.titles("tara") == []
    entry = next(one for one in await audit(company, request) if one[1] == "access.reroute")
    assert entry[4]["code"] == code


async def test_who_has_left_is_passed_over_though_the_platform_takes_the_message(office: Office) -> None:
    office.chat.people["UTARA"] = profile("tara", "deactivated")
    await ask(office.company, office.company.anna)
    await office.all_delivered()
    assert office.chat.called("post", "UTARA") == []
    assert office.titles("deven") == ["⏳ Access request · waiting for you"]
    assert ("show", "failed", "deactivated", 1) in await states(office.company)


@pytest.mark.soak
async def test_a_holder_whom_nobody_has_met_is_found_by_address(database: Database) -> None:
    office = await _with_thirty_approvers(database)
    await ask(office.company, office.company.anna)
    await office.all_delivered()
    person = await database.read(lambda store: store.people.by_key(email(THIRTY[5])))
    assert person is not None
    [account] = await database.read(lambda store: store.people.accounts([person.id]))
    assert (account.platform, account.account_id, person.name) == ("slack", "UDEPUTY05", "Deputy05")
    await office.company.door.enter(Approve(await _request(office)), Visitor("slack:UDEPUTY05", person.id))
    await office.all_delivered()
    assert len(office.chat.called("find", email(THIRTY[5]))) == 1


async def _request(office: Office) -> str:
    return next(str(one.payload["matter"]) for one in await ledger(office.company))


async def test_a_home_that_nobody_can_draw_fails_alone(office: Office) -> None:
    company = office.company
    office.chat.faults.append(Fault(Unreachable("not_enabled"), "home"))
    await company.door.enter(OpenHome(), company.anna)
    await office.delivery.drain()
    assert await states(company) == [("home", "failed", "not_enabled", 1)]


async def test_a_stray_copy_is_brought_up_to_date_when_it_is_pressed(office: Office) -> None:
    company = office.company
    office.chat.faults.append(Fault(LOST, "post", "UTARA", done=True))
    request = await ask(company, company.anna)
    await office.all_delivered()
    await company.door.enter(Approve(request), company.tara)
    await office.all_delivered()
    waiting, decided = "⏳ Access request · waiting for you", "✅ Access request · approved by you"
    assert office.titles("tara") == [waiting, decided]
    stray = next(posted for posted, card in office.chat.messages.items() if title(card) == waiting)
    await company.door.enter(Notice(request, stray.conversation, stray.message), company.tara)
    await office.all_delivered()
    assert office.titles("tara") == [decided] * 2
    assert (await states(company))[-1] == ("stray", "updated", "", 1)


async def test_a_fault_of_ours_on_one_card_holds_up_its_reader_only_for_a_while(
    office: Office, logs: list[MutableMapping[str, Any]]
) -> None:
    company = office.company
    office.chat.faults.append(Fault(KeyError("a bug"), "post", "UTARA", times=10**6))
    request = await ask(company, company.anna)
    await office.all_delivered()
    assert office.titles("deven") == ["⏳ Access request · waiting for you"]
    [card] = await ledger(company, company.tara)
    assert (card.state, card.code) == ("failed", "gave_up_fault")
    faults = [one for one in logs if one["event"] == "delivery.fault"]
    assert [(one["error"], one["kind"]) for one in faults] == [("KeyError", "show")] * MOST_ATTEMPTS
    assert (await stored(company, request)).state == "waiting"


async def test_while_the_database_is_away_nothing_is_taken(tmp_path: Path) -> None:
    database = Database(f"postgresql://postgres@/steward?host={tmp_path}")
    company = Company(Door(database, POLICY, HANDLERS, Clock()), Clock(), {})
    assert await worker(company, FakeChat()).drain() == 0
    await database.close()

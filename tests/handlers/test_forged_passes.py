"""A row beside a grant, a link or a report, written without the master key, opens nothing (P7, P8, P13)."""

from datetime import timedelta
from hashlib import sha256

import pytest

from handlers import journal, listening
from handlers.access import deciding
from handlers.acting import CLOCK, WEB
from handlers.breach import filing
from handlers.customers.links import Admitted
from handlers.customers.serving import serve_session
from handlers.journal import is_confirmed
from handlers.listening import code_state, session_state
from handlers.rules import Refused
from storage.audit import Entry
from storage.database.store import Store
from storage.records import Grant, Pass, Record, Request
from storage.tables.breaches import Report
from storage.tables.customers import CustomerLetter
from tests.handlers.breach.reporting import report
from tests.handlers.builders import CLAIM, Company, approved, ask
from tests.handlers.customers.builders import sent
from tests.handlers.reading import looking
from tests.moments import NOW
from tests.spoiling import rewritten, said

pytestmark = pytest.mark.by_hand
MINE, LATER = "mine", NOW + timedelta(days=1)
UNKEYED = sha256(MINE.encode()).hexdigest()


async def put(company: Company, row: Record) -> None:
    await company.database.write(lambda store: store.session.add(row))


async def test_p7_a_pass_put_beside_a_grant_opens_nothing(company: Company) -> None:
    code = await company.door.enter(listening.make_listen_code(await approved(company)), company.anna)
    grant = (await company.door.enter(listening.exchange_code(code), WEB)).grant
    await put(company, Pass(kind="session", hash=UNKEYED, grant_id=grant, made_at=NOW, ends_at=LATER))
    assert await looking(company, WEB, lambda ctx: session_state(ctx, grant, MINE)) == "unknown"
    other = sha256(b"other").hexdigest()
    await put(company, Pass(kind="code", hash=other, grant_id=grant, made_at=NOW, ends_at=LATER))
    assert await looking(company, WEB, lambda ctx: code_state(ctx, "other")) == "unknown"


async def test_p7_ones_own_pass_moved_to_another_grant_opens_nothing(company: Company) -> None:
    request = await approved(company)
    code, spent = [await company.door.enter(listening.make_listen_code(request), company.anna) for _ in range(2)]
    session = (await company.door.enter(listening.exchange_code(spent), WEB)).secret
    other = await approved(company, company.bram, calls=company.calls[1:2])

    def move(store: Store) -> str:
        [grant] = store.grants.of_all([other]).values()
        for one in store.session.query(Pass):
            one.grant_id = grant.id
        return grant.id

    theirs = await company.database.write(move)
    assert await looking(company, WEB, lambda ctx: session_state(ctx, theirs, session)) == "unknown"
    assert await looking(company, WEB, lambda ctx: code_state(ctx, code)) == "unknown"


async def test_p8_a_customers_session_written_into_a_link_opens_nothing(company: Company) -> None:
    one = await sent(company)
    await one.change((CustomerLetter, one.link), session=UNKEYED, session_ends_at=NOW + timedelta(hours=1))
    one.secret = MINE
    with pytest.raises(Refused) as refused:
        await looking(company, WEB, lambda ctx: serve_session(ctx, *one.names))
    assert refused.value.code == "no_session"


async def test_p8_a_link_whose_request_names_another_call_by_hand_lets_no_one_in(company: Company) -> None:
    one = await sent(company, calls=company.calls[:1])
    moved = f"UPDATE requested_recordings SET recording_id = {company.calls[2]} WHERE request_id = '{one.request}'"
    await company.database.write(said(moved))
    assert await one.opened(one.code, one.passcode) == Admitted(over=True)


async def test_p7_an_approval_that_was_written_into_the_log_by_hand_lets_no_one_hear(company: Company) -> None:
    request = await ask(company, company.anna)

    def forge(store: Store) -> None:
        found = store.session.get_one(Request, request)
        found.state, found.decided_by, found.closed_at = "approved", company.tara.person_id, company.clock.now
        grant = Grant(id="G-MINE", matter_id=request, person_id=company.anna.person_id or 0, starts_at=company.clock.now,
            ends_at=company.clock.now + timedelta(days=7))  # fmt: skip
        store.session.add(grant)
        told = {"grant": grant.id}
        forged = Entry(company.tara.actor, "access.approve", request, "done", "P7", told)
        store.audit.append(forged, company.clock.now)

    await company.database.write(forge)
    code = await company.door.enter(listening.make_listen_code(request), company.anna)
    with pytest.raises(Refused) as refused:
        await company.door.enter(listening.exchange_code(code), WEB)
    assert refused.value.code == "not_as_approved"


@pytest.mark.parametrize(
    ("begun", "by_hand", "decider", "hears"),
    [
        ({}, "UPDATE matters SET begun_by = {bram} WHERE id = '{request}'", "tara", "bram"),
        (CLAIM, "reason=training", "tara", "anna"),
        (
            {},
            "UPDATE parties SET person_id = {quinn} WHERE matter_id = '{request}' AND part = 'approver'",
            "quinn",
            "anna",
        ),
    ],
)
async def test_p7_what_was_decided_on_the_word_of_a_row_that_was_changed_by_hand_is_heard_by_no_one(
    company: Company, begun: dict[str, str], by_hand: str, decider: str, hears: str
) -> None:
    request = await ask(company, company.anna, calls=company.calls[1:2], **begun)
    people = {name: one.person_id for name, one in company.people.items()}
    change = said(by_hand.format(request=request, **people))
    await company.database.write(rewritten(request, reason="training", longer=False) if begun else change)
    with pytest.raises(Refused) as refused:
        await company.door.enter(deciding.approve_request(request), company.people[decider])
        code = await company.door.enter(listening.make_listen_code(request), company.people[hears])
        await company.door.enter(listening.exchange_code(code), WEB)
    assert refused.value.code in {"not_as_approved", "not_approver"}


async def test_p12_a_continue_that_was_written_into_the_log_by_hand_makes_no_clock_trusted(company: Company) -> None:
    name, who = "clock:2026-11-24", company.helena
    await company.door.enter(journal.tell_of_wait(name, "ahead", "The clock is a year ahead."), CLOCK)
    entry = Entry(who.actor, journal.trust_clock.action, name, "done", journal.trust_clock.clause)
    await company.database.write(lambda store: store.audit.append(entry, company.clock.now))
    assert not await looking(company, CLOCK, lambda ctx: is_confirmed(ctx.store, ctx.keys.log_seal, name))
    await company.door.enter(journal.trust_clock(name), who)
    assert await looking(company, CLOCK, lambda ctx: is_confirmed(ctx.store, ctx.keys.log_seal, name))


async def test_p13_a_receipt_written_into_another_report_opens_nothing(company: Company) -> None:
    mine = (await report(company, company.bram)).receipt
    await report(company, company.anna)

    def swap(store: Store) -> None:
        one, other = store.session.query(Report)
        before, one.receipt = (one.receipt, other.receipt), UNKEYED
        store.session.flush()
        other.receipt = before[0]
        store.session.flush()
        one.receipt = before[1]

    await company.database.write(swap)
    with pytest.raises(Refused, match="I don’t recognise that receipt"):
        await company.door.enter(filing.follow_report(mine), WEB)

"""What the delivery asks of the store: a job for a while, and a ledger of what became of it."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers import delivering
from handlers.access import deciding
from handlers.acting import DELIVERY, LEASE, Home
from handlers.delivering import NOBODY, UNREADABLE, Broken, Job, MessageReference
from handlers.door import queue_effects
from storage.records import Copy, Outgoing
from tests.handlers.builders import Company, ask, audit, ledger
from tests.handlers.passing_time import claimed, delivered, pass_until
from tests.handlers.test_waiting import sydney


async def _claim(company: Company, most: int = 16) -> list[Job]:
    return [one for one in await claimed(company, most) if isinstance(one, Job)]


async def _row(company: Company, outgoing_id: str) -> Outgoing:
    return next(one for one in await ledger(company) if one.id == outgoing_id)


async def _copy(company: Company, request: str, person_id: int) -> Copy | None:
    return await company.database.read(lambda store: store.outbox.copy(request, person_id))


async def test_a_claim_gives_each_job_with_whom_it_is_for(company: Company) -> None:
    await ask(company, company.anna)
    before = await audit(company)
    jobs = await _claim(company)
    assert [(one.taken.kind, one.person.name) for one in jobs] == [("show", "Anna Quill"), ("show", "Tara Lindqvist")]
    assert {(await _row(company, one.taken.id)).leased_until for one in jobs} == {company.clock.now + LEASE}
    assert await audit(company) == before
    assert await _claim(company) == []
    company.clock.now += LEASE
    assert len(await _claim(company)) == 2


async def test_what_was_done_is_in_the_ledger_and_in_which_message(company: Company) -> None:
    request = await ask(company, company.anna)
    anna, tara = await _claim(company)
    company.clock.pass_(seconds=2)
    await company.door.enter(
        delivering.note_delivered(
            anna.taken.id, "sent", "slack", request, MessageReference(request, "slack", "D1", "1.1", 1)
        ),
        DELIVERY,
    )
    row = await _row(company, anna.taken.id)
    assert (row.state, row.platform, row.code, row.done_at, row.leased_until) == (
        "sent", "slack", "", company.clock.now, None,
    )  # fmt: skip
    copy = await _copy(company, request, anna.person.id)
    assert copy is not None
    assert (copy.platform, copy.conversation, copy.message, copy.revision) == ("slack", "D1", "1.1", 1)
    detail = {"kind": "show", "person": anna.person.id, "state": "sent", "platform": "slack", "about": request}
    assert (await audit(company, anna.taken.id)) == [("delivery", "delivery.done", "done", "", detail)]
    assert await _copy(company, request, tara.person.id) is None


async def _homes(company: Company) -> list[tuple[str, bool]]:
    homes = [one for one in await ledger(company, company.anna) if one.kind == "home"]
    return sorted((one.state, one.payload["fresh"]) for one in homes)


async def _redrawn(company: Company, *platforms: str, fresh: bool = False) -> None:
    homes = tuple(Home(company.anna.person_id or 0, one, fresh) for one in platforms)
    await company.database.write(lambda store: queue_effects(store, homes, company.clock.now, company.door.keys))


@pytest.mark.parametrize("fresh", [False, True])
async def test_a_home_in_hand_may_be_out_of_date_so_one_more_waits_behind_it(company: Company, *, fresh: bool) -> None:
    await _redrawn(company, "slack")
    [drawing] = await _claim(company)
    for _ in range(3):
        await _redrawn(company, "slack", fresh=fresh)
    assert await _homes(company) == [("queued", False), ("queued", fresh)]
    assert await _claim(company) == []
    await company.door.enter(delivering.note_delivered(drawing.taken.id, "sent", "slack"), DELIVERY)
    [again] = await _claim(company)
    assert again.effect == Home(drawing.person.id, "slack", fresh)


@pytest.mark.parametrize(("free", "attempts"), [(False, 1), (True, 0)])
async def test_what_cannot_be_done_now_is_done_later(company: Company, *, free: bool, attempts: int) -> None:
    await ask(company, company.anna)
    before = await audit(company)
    [job, _] = await _claim(company)
    later = company.clock.now + timedelta(seconds=40)
    await company.door.enter(delivering.postpone_effect(job.taken.id, "ratelimited", later, free=free), DELIVERY)
    row = await _row(company, job.taken.id)
    found = (row.state, row.code, row.due_at, row.leased_until, row.attempts)
    assert found == ("queued", "ratelimited", later, None, attempts)
    assert await audit(company) == before
    company.clock.now = later - timedelta(microseconds=1)
    assert job.taken.id not in [one.taken.id for one in await _claim(company)]
    company.clock.now = later
    assert job.taken.id in [one.taken.id for one in await _claim(company)]


async def test_what_cannot_be_done_at_all_is_never_silent(company: Company) -> None:
    await ask(company, company.anna)
    [job, _] = await _claim(company)
    await company.door.enter(delivering.note_failed(job.taken.id, "user_not_found"), DELIVERY)
    row = await _row(company, job.taken.id)
    assert (row.state, row.code, row.done_at) == ("failed", "user_not_found", company.clock.now)
    detail = {"kind": "show", "person": job.person.id, "code": "user_not_found"}
    assert await audit(company, job.taken.id) == [("delivery", "delivery.fail", "done", "", detail)]


async def test_p7_what_a_morning_could_not_tell_is_sent_as_the_cards_of_what_still_waits(company: Company) -> None:
    """Not of what was decided meanwhile, and of nothing that the message was not about."""
    waits, decided = [await ask(company, company.anna, crm=crm) for crm in ("CS-1", "CS-2")]
    await delivered(company)
    await pass_until(company, sydney("2026-11-26"))
    await company.door.enter(deciding.deny_request(decided, "No."), company.tara)
    await ask(company, company.anna, crm="CS-3")
    [row] = [one for one in await ledger(company, company.tara) if one.kind == "digest"]
    before = len(await ledger(company))
    named = tuple(row.payload["reminders"])
    assert len(named) == 2
    await company.door.enter(delivering.note_failed(row.id, "channel_not_found", named), DELIVERY)
    [card] = (await ledger(company))[before:]
    assert (card.kind, card.person_id, card.payload["matter"]) == ("show", company.tara.person_id, waits)


async def _taken(company: Company, sentence: str) -> list[Job | Broken]:
    """What a claim returns after rows were changed by hand."""
    await ask(company, company.anna)
    await company.database.write(lambda store: store.session.execute(text(sentence)))
    return await claimed(company)


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("UPDATE outbox SET kind = 'erase' WHERE person_id = 1", UNREADABLE),
        ("UPDATE outbox SET payload = '[]' WHERE person_id = 1", UNREADABLE),
        ("UPDATE people SET checked_at = 'noon' WHERE id = 1", NOBODY),
    ],
)
async def test_a_broken_row_holds_up_no_one_else(company_in_a_file: Company, sentence: str, code: str) -> None:
    """A1: a row that no program can do, and one for a person whose row is broken."""
    annas, taras = await _taken(company_in_a_file, sentence)
    assert isinstance(annas, Broken)
    assert annas.code == code
    assert isinstance(taras, Job)

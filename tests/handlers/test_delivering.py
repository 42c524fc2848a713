"""What the delivery asks of the store: a job for a while, and a ledger of what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.delivering import LEASE, Claim, Delivered, Fail, Hung, Job, Postpone
from handlers.door import DELIVERY
from handlers.home import OpenHome
from storage.records import Copy, Outgoing
from tests.handlers.builders import Company, ask, audit, ledger, left


async def _claim(company: Company, most: int = 16) -> list[Job]:
    return [one for one in await company.door.enter(Claim(most), DELIVERY) if isinstance(one, Job)]


async def _row(company: Company, outgoing_id: str) -> Outgoing:
    return next(one for one in await ledger(company) if one.id == outgoing_id)


async def _copy(company: Company, request: str, person_id: int) -> Copy | None:
    return await company.database.read(lambda store: store.outbox.copy(request, person_id))


async def test_a_claim_gives_each_job_with_whom_it_is_for(company: Company) -> None:
    await ask(company, company.anna)
    before = await audit(company)
    jobs = await _claim(company)
    assert [(one.taken.kind, one.person.name) for one in jobs] == [
        ("show", "Anna Quill"),
        ("show", "Tara Lindqvist"),
    ]
    assert {(await _row(company, one.taken.id)).leased_until for one in jobs} == {company.clock.now + LEASE}
    assert await audit(company) == before
    assert await _claim(company) == []
    company.clock.now += LEASE
    assert len(await _claim(company)) == 2


async def test_what_was_done_stands_in_the_ledger_and_where_it_hangs(company: Company) -> None:
    request = await ask(company, company.anna)
    anna, tara = await _claim(company)
    company.clock.pass_(seconds=2)
    await company.door.enter(
        Delivered(anna.taken.id, "sent", "slack", request, Hung(request, "slack", "D1", "1.1", 1)), DELIVERY
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


async def test_a_card_that_a_stalled_program_hung_behind_a_newer_one_is_a_stray(company: Company) -> None:
    request = await ask(company, company.anna)
    [job, _] = await _claim(company)
    for message, revision in (("2.2", 2), ("1.1", 1)):
        hung = Hung(request, "slack", "D1", message, revision)
        await company.door.enter(Delivered(job.taken.id, "sent", "slack", request, hung), DELIVERY)
    copy = await _copy(company, request, job.person.id)
    assert copy is not None
    assert (copy.message, copy.revision) == ("2.2", 2)
    stray = (await ledger(company, company.anna))[-1]
    assert (stray.kind, stray.payload["message"]) == ("stray", "1.1")


async def test_what_was_superseded_leaves_no_entry(company: Company) -> None:
    await ask(company, company.anna)
    [job, _] = await _claim(company)
    before = await audit(company)
    await company.door.enter(Delivered(job.taken.id, "superseded", "slack"), DELIVERY)
    assert await audit(company) == before
    assert (await _row(company, job.taken.id)).state == "superseded"


async def test_a_card_that_changed_changes_the_home_of_whoever_has_one(company: Company) -> None:
    for who in (company.anna, company.tara):
        await company.door.enter(OpenHome(), who)
    for job in await _claim(company):
        await company.door.enter(Delivered(job.taken.id, "sent", "slack"), DELIVERY)
    assert sorted(await left(company)) == [("home", "anna"), ("home", "tara")]
    await ask(company, company.anna)
    first, second = await _claim(company)
    await company.door.enter(Delivered(first.taken.id, "sent", "slack"), DELIVERY)
    await company.door.enter(Delivered(second.taken.id, "superseded", "slack"), DELIVERY)
    assert (await left(company))[4:] == [("home", "anna")]


async def test_one_drawing_of_the_home_does_for_all_that_wait(company: Company) -> None:
    for _ in range(3):
        await company.door.enter(OpenHome(), company.anna)
        await ask(company, company.anna, crm=f"CS-{company.clock.now:%S}")
        company.clock.pass_(seconds=1)
    taken = [one.taken.id for one in await _claim(company) if one.taken.kind == "home"]
    homes = [one for one in await ledger(company, company.anna) if one.kind == "home"]
    assert [one.id for one in homes[:1]] == taken
    assert [one.state for one in homes] == ["queued", "superseded", "superseded"]


@pytest.mark.parametrize(("free", "attempts"), [(False, 1), (True, 0)])
async def test_what_can_not_be_done_now_is_done_later(company: Company, *, free: bool, attempts: int) -> None:
    await ask(company, company.anna)
    before = await audit(company)
    [job, _] = await _claim(company)
    later = company.clock.now + timedelta(seconds=40)
    await company.door.enter(Postpone(job.taken.id, "ratelimited", later, free), DELIVERY)
    row = await _row(company, job.taken.id)
    assert (row.state, row.code, row.due_at, row.leased_until, row.attempts) == (
        "queued",
        "ratelimited",
        later,
        None,
        attempts,
    )
    assert await audit(company) == before
    company.clock.now = later - timedelta(microseconds=1)
    assert job.taken.id not in [one.taken.id for one in await _claim(company)]
    company.clock.now = later
    assert job.taken.id in [one.taken.id for one in await _claim(company)]


async def test_what_can_not_be_done_at_all_is_never_silent(company: Company) -> None:
    await ask(company, company.anna)
    [job, _] = await _claim(company)
    await company.door.enter(Fail(job.taken.id, "user_not_found"), DELIVERY)
    row = await _row(company, job.taken.id)
    assert (row.state, row.code, row.done_at) == ("failed", "user_not_found", company.clock.now)
    detail = {"kind": "show", "person": job.person.id, "code": "user_not_found"}
    assert await audit(company, job.taken.id) == [("delivery", "delivery.fail", "done", "", detail)]

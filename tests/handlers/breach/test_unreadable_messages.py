"""P13: a message that nobody can read, or that only a newer version knows, keeps no other back, and no handler goes without word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handlers.acting import DELIVERY
from handlers.breach import intents
from handlers.breach.looks import messages_wait
from handlers.breach.vault import Vault
from handlers.keys import sealed
from storage.breaches import LOST, STALE, TOLD, WAITING
from storage.database.store import Store
from storage.tables.breaches import Report, ReportNotice
from tests.handlers.breach.keeping import QUESTION, asked
from tests.handlers.breach.reporting import heard, messages, page, report, tick
from tests.handlers.breach.sending import ALERT, buttons, collected, notices, states, to, undelivered
from tests.handlers.builders import Company
from tests.handlers.reading import looking
from tests.keys import KEYS

pytestmark = pytest.mark.soak

NEWER = b'{"what": "of a newer version", "person": "ruth.adeyemi@fernhill.example"}'
SPOILT = {
    "changed": lambda _: b"x" * 60,
    "no message": lambda row: KEYS.seal(b"[]", row.id, "breach notice"),
    "no words": lambda row: KEYS.seal(b'{"what": "alert", "person": 7}', row.id, "breach notice"),
}
spoilt = pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
Spoils = Callable[[ReportNotice], bytes]


async def _change(company: Company, spoils: Spoils, name: str = "") -> str:
    """One message becomes what nobody can read: this one, or the first that waits."""

    def change(store: Store) -> str:
        rows = store.session.query(ReportNotice).order_by(ReportNotice.id)
        row = next(one for one in rows if one.id == name or (not name and one.state == WAITING))
        row.sealed = spoils(row)
        return row.id

    return await company.database.write(change)


def _newer(row: ReportNotice) -> bytes:
    return KEYS.seal(NEWER, row.id, "breach notice")


async def _waits(company: Company) -> bool:
    return await company.database.read(lambda store: messages_wait(store, company.clock.now))


@spoilt
async def test_p13_one_that_nobody_can_read_is_given_up_and_all_others_go_out(company: Company, spoilt: Spoils) -> None:
    await report(company, company.anna)
    await report(company, company.tara)
    name = await _change(company, spoilt)
    assert len(await messages(company)) == 3
    assert {one.id: one.state for one in await notices(company)}[name] == LOST


@spoilt
async def test_p13_whoever_has_no_other_message_of_that_report_is_told_anew(company: Company, spoilt: Spoils) -> None:
    await report(company, company.anna)
    await _change(company, spoilt)
    first, again = await heard(company), await heard(company)
    assert sorted([*first, *again]) == ["helena", "ruth"]
    assert [*first.values(), *again.values()] == [[ALERT], [ALERT]]
    assert not await _waits(company)


async def test_p13_whoever_is_asked_whether_a_call_may_be_heard_is_told_anew_of_just_that(company: Company) -> None:
    await asked(company, accused=["helena"])
    [row] = [one for one in await notices(company) if one.state == WAITING]
    await _change(company, SPOILT["changed"], row.id)
    assert await heard(company) == {}
    assert await heard(company) == {"miles": [QUESTION]}


@pytest.mark.by_hand
async def test_p13_of_a_closed_report_nobody_is_told_anew(company: Company) -> None:
    await report(company, company.anna)
    await messages(company)

    def close(store: Store) -> None:
        store.session.query(Report).one().state = "closed"
        for row in store.session.query(ReportNotice):
            row.state, row.sealed = STALE, b""

    await company.database.write(close)
    assert await collected(company) == []
    assert await states(company) == [LOST, LOST]


@pytest.mark.by_hand
async def test_p13_nothing_of_a_destroyed_report_stays_for_having_been_unreadable(company: Company) -> None:
    await report(company, company.anna)
    await messages(company)

    def destroy(store: Store) -> None:
        store.session.delete(store.session.query(Report).one())
        for row in store.session.query(ReportNotice):
            row.state, row.sealed = STALE, b""

    await company.database.write(destroy)
    assert await collected(company) == []
    assert await notices(company) == []


async def test_p13_what_only_a_newer_version_knows_waits_for_it_and_holds_up_no_other(company: Company) -> None:
    await report(company, company.anna)
    name = await _change(company, _newer)
    [other] = await messages(company)
    assert other.name != name
    assert await states(company) == [TOLD, WAITING]
    assert not await _waits(company)
    company.clock.pass_(minutes=5)
    assert await collected(company) == []
    assert await states(company) == [TOLD, WAITING]


async def test_p13_a_report_that_this_version_can_not_read_loses_no_message(company: Company) -> None:
    """A newer one may have written it, or another key opens it."""
    await report(company, company.anna)
    await report(company, company.tara)

    def change(store: Store) -> None:
        row = store.session.query(Report).order_by(Report.id).first()
        assert row is not None
        key = KEYS.open(row.rule_wrap, row.id, "breach rule", row.id)
        row.sealed = sealed(key, b'{"source": "of a newer version", "what": ""}', row.id)

    await company.database.write(change)
    assert len(await messages(company)) == 2
    assert await states(company) == [TOLD, TOLD, WAITING, WAITING]
    assert not await _waits(company)
    assert len(await looking(company, company.ruth, lambda act: Vault(act).all())) == 1
    await tick(company)


@pytest.mark.parametrize("spoils", [SPOILT["changed"], _newer])
async def test_p13_the_report_goes_on_beside_a_message_that_nobody_can_read(company: Company, spoils: Spoils) -> None:
    await report(company, company.anna, accused=["helena"])
    [alert] = await messages(company)
    await _change(company, spoils, alert.name)
    ruth = await page(company, company.ruth, await _only(company))
    await ruth.do(intents.Acknowledge)
    await tick(company)
    assert await states(company) == [TOLD]


async def test_p13_one_that_became_unreadable_on_its_way_is_settled_as_well(company: Company) -> None:
    await report(company, company.anna)
    found = await collected(company)
    sent, lost = to(company, found, "ruth").name, to(company, found, "helena").name
    for name in (sent, lost):
        await _change(company, SPOILT["changed"], name)
    await company.door.enter(intents.Delivered(sent, "slack", "D1", "m1"), DELIVERY)
    await undelivered(company, lost, gone=True)
    assert sorted(await heard(company)) == ["helena", "ruth"]
    assert await states(company) == [LOST, LOST, TOLD, TOLD]


async def test_p13_whoever_is_told_anew_reads_it_by_the_same_button(company: Company) -> None:
    await report(company, company.anna, accused=["helena"])
    await _change(company, SPOILT["changed"])
    assert await collected(company) == []
    [again] = await collected(company)
    assert buttons(again.card) == ["Details", "Acknowledge"]


async def _only(company: Company) -> str:
    rows: list[Any] = await notices(company)
    [name] = {one.report_id for one in rows}
    return str(name)

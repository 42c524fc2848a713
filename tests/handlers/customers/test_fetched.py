"""When all of a customer's calls were fetched, and which of them can be had at all (P8, P12)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.customers.intents import Downloaded, HeardToEnd, Played
from handlers.customers.serving import WHY, covers
from storage.records import Recording
from tests.each import each
from tests.handlers.builders import Company, audit
from tests.handlers.customers.builders import sent
from tests.handlers.customers.hearing import do, states, why

pytestmark = pytest.mark.by_hand  # what a release leaves is put there without it


async def test_p12_it_is_fetched_once_all_of_it_was_downloaded(company: Company) -> None:
    one, (first, second) = await (await sent(company)).let_in(), company.calls[:2]
    await do(one, HeardToEnd, first)  # nothing of it was downloaded yet
    await do(one, Played, first, 0, 61)
    await do(one, HeardToEnd, first)
    await do(one, Downloaded, (first, second))
    before = await one.redrawn()
    await do(one, HeardToEnd, first)
    detail = {"link": one.link, "recording": first, "kind": "downloaded", "all": False}
    assert (await audit(company, one.request))[-1] == ("web", "customer.heard", "done", "P8", detail)
    assert (await one.row()).fetched_at is None
    company.clock.pass_(minutes=1)
    await do(one, HeardToEnd, second)
    assert (await one.row()).fetched_at == company.clock.now
    assert (await audit(company, one.request))[-1][4]["all"] is True
    assert await one.redrawn() == before + 2
    entries = await audit(company)
    await do(one, HeardToEnd, first)
    assert await audit(company) == entries
    assert sorted(row.recording_id for row in await one.had() if row.whole) == [first, second]


async def test_p12_it_stays_fetched_though_more_can_be_had_later(company: Company) -> None:
    one, (first, second) = await (await sent(company)).let_in(), company.calls[:2]
    await one.change((Recording, second), state="gone")
    await do(one, Downloaded, (first,))
    await do(one, HeardToEnd, first)
    fetched = (await one.row()).fetched_at
    await one.change((Recording, second), state="present")
    company.clock.pass_(minutes=1)
    await do(one, Downloaded, (second,))
    await do(one, HeardToEnd, second)
    assert (await one.row()).fetched_at == fetched == company.clock.now - timedelta(minutes=1)


async def test_p12_or_heard_to_its_end_where_it_may_only_be_heard(company: Company) -> None:
    one, call = await (await sent(company, wants="listen", calls=company.calls[:1])).let_in(), company.calls[0]
    await do(one, HeardToEnd, call)
    await do(one, Played, call, 40, 61)
    await do(one, Played, call, 0, 30)
    await do(one, HeardToEnd, call)
    assert (await one.row()).fetched_at is None
    await do(one, Played, call, 30, 40)
    await do(one, HeardToEnd, call)
    assert (await one.row()).fetched_at == company.clock.now


@each(
    ("parts", "whole"),
    [([], False), ([(0, 60)], True), ([(0, 59)], True), ([(0, 58.9)], False), ([(30, 60), (0, 30)], True),
     ([(0, 40), (10, 20), (39, 60)], True), ([(0, 29), (31, 60)], False), ([(0.5, 60.5)], True)],
)  # fmt: skip
def test_p12_parts_are_all_of_a_call_but_for_a_second(parts: list[tuple[float, float]], whole: bool) -> None:
    assert covers(parts, 60) is whole


async def test_p12_a_call_past_its_moment_is_there_only_for_what_keeps_it(company: Company) -> None:
    one, (first, second) = await (await sent(company)).let_in(), company.calls[:2]
    now = company.clock.now
    await one.change((Recording, first), erase_at=now, state="closed")
    await one.change((Recording, second), erase_at=now)
    assert await states(one) == ["erased", "erased"]
    assert await why(one, Played, first, 0, 9) == (WHY["erased"], "erased")
    await one.keep(first)
    await one.keep(second, why="request")
    assert await states(one) == ["there", "erased"]
    await do(one, Played, first, 0, 9)
    company.clock.pass_(minutes=1)
    await one.change((Recording, first), erase_at=now)
    await company.database.write(lambda store: store.erasures.end_keep(first, one.request, company.clock.now))
    assert await states(one) == ["erased", "erased"]


async def test_p12_a_keep_for_another_request_keeps_nothing_for_this_one(company: Company) -> None:
    one = await (await sent(company)).let_in()
    other = await sent(company, request="C-ANOTHER2")
    await one.change((Recording, company.calls[0]), erase_at=company.clock.now)
    await other.keep(company.calls[0])
    assert await states(one) == ["erased", "there"]


@pytest.mark.by_hand
@pytest.mark.parametrize(("state", "told"), [("erased", "erased"), ("gone", "missing"), ("out_of_scope", "missing")])
async def test_p12_a_call_that_is_not_there_is_shown_as_that(company: Company, state: str, told: str) -> None:
    one = await (await sent(company)).let_in()
    await one.change((Recording, company.calls[0]), state=state)
    assert await states(one) == [told, "there"]


async def test_p8_a_call_that_is_another_by_now_is_not_given(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await one.change((Recording, company.calls[0]), version=2)
    assert await states(one) == ["another", "there"]

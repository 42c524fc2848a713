"""What a session may have of a customer's calls, and what goes on record of it (P8, P11, P12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.acting import WEB, Intent
from handlers.customers.intents.hearing import Downloaded, HeardToEnd, LeavePage, Played, Stay
from handlers.customers.links import IDLE
from handlers.customers.serving import (
    ENDED,
    LISTEN_ONLY,
    LONGEST,
    MOST_BEGUN,
    MOST_RESUMED,
    NO_SESSION,
    NOT_YOURS,
    WHY,
    as_released,
    covers,
    serve,
)
from handlers.rules.refusal import Refused
from storage.customer_records import CustomerLink, CustomerListening, CustomerRequest
from storage.records import Recording, RequestedRecording
from tests.handlers.builders import Company, audit, refusal
from tests.handlers.customers.builders import Sent, sent
from tests.handlers.customers.test_links import ENDS
from tests.handlers.reading import looking


async def refused(one: Sent, link: str = "", secret: str | None = None) -> str:
    names = link or one.link, one.secret if secret is None else secret
    with pytest.raises(Refused) as told:
        await looking(one.company, WEB, lambda act: serve(act, *names))
    return told.value.code


async def states(one: Sent) -> list[str]:
    """How each call stands, held against the log."""
    serving = await looking(one.company, WEB, lambda act: as_released(act, *one.names))
    return [call.state for call in serving.calls]


async def do(one: Sent, kind: Any, *about: Any, **more: Any) -> None:
    wanted: Intent[None] = kind(*one.names, *about, **more)
    await one.company.door.enter(wanted, WEB)


async def why(one: Sent, kind: Any, *about: Any) -> tuple[str, str]:
    told = await refusal(one.company, kind(*one.names, *about), WEB)
    return str(told), told.code


async def test_p8_a_session_is_for_the_calls_of_its_own_link(company: Company) -> None:
    one = await (await sent(company)).let_in()
    serving = await one.serving()
    assert [call.recording.id for call in serving.calls] == company.calls[:2]
    assert (serving.may_keep, await states(one)) == (True, ["there", "there"])
    for kind, about in ((Played, (company.calls[2], 0, 9)), (Downloaded, ((company.calls[2],),)), (HeardToEnd, (0,))):
        assert await why(one, kind, *about) == (NOT_YOURS, "not_released")


@pytest.mark.parametrize("secret", ["", "guessed", "\0", "\ud800"])
async def test_p8_a_guessed_session_is_none(company: Company, secret: str) -> None:
    one = await (await sent(company)).let_in()
    assert await refused(one, secret=secret) == "no_session"


async def test_p8_a_session_is_for_no_other_link(company: Company) -> None:
    first = await (await sent(company)).let_in()
    second = await (await sent(company, request="C-ANOTHER2", calls=company.calls[2:])).let_in()
    for link in (second.link, "CL-NEVER222", ""):
        if link:
            assert await refused(first, link) == "no_session"
    assert await refused(first, secret=second.secret) == "no_session"
    assert await refused(first, secret=first.code) == "no_session"


@pytest.mark.parametrize("way", ENDS)
async def test_p8_each_request_asks_anew_whether_it_is_over(company: Company, way: str) -> None:
    one = await (await sent(company)).let_in()
    await ENDS[way](one)
    assert await refused(one) == "ended"
    for kind, about in ((Played, (company.calls[0], 0, 9)), (Downloaded, (tuple(company.calls[:1]),)), (Stay, ())):
        assert await why(one, kind, *about) == (ENDED, "ended")


async def test_p8_an_hour_in_which_nothing_is_asked_for_ends_it_and_a_day_in_any_case(company: Company) -> None:
    one = await (await sent(company)).let_in()
    began = company.clock.now
    company.clock.pass_(minutes=30)
    assert not (await one.serving()).fades
    company.clock.pass_(minutes=29)
    assert (await one.serving()).fades
    entries = await audit(company)
    await do(one, Stay)
    assert await audit(company) == entries
    while company.clock.now < began + LONGEST - IDLE:
        company.clock.pass_(minutes=50)
        await do(one, Stay)
    company.clock.now = began + LONGEST - timedelta(seconds=1)
    assert not (await one.serving()).fades
    await do(one, Stay)
    company.clock.pass_(seconds=1)
    assert await refused(one) == "session_over"
    assert await why(one, Stay) == (NO_SESSION, "session_over")


async def test_p8_a_clock_that_is_put_back_before_it_was_made_ends_it(company: Company) -> None:
    company.clock.pass_(minutes=2)
    one = await sent(company)
    company.clock.pass_(minutes=2)
    await one.let_in()
    company.clock.pass_(minutes=-1)
    assert await refused(one) == "session_over"


async def test_p11_a_part_that_leaves_the_house_is_on_record(company: Company) -> None:
    one, recording = await (await sent(company, wants="listen")).let_in(), company.calls[0]
    await do(one, Played, recording, 0.5, 9)
    [row] = await one.had()
    assert (row.kind, row.recording_id, row.start, row.end, row.at) == ("played", recording, 0.5, 9, company.clock.now)
    detail = {"link": one.link, "recording": recording, "from_ms": 500, "to_ms": 9000}
    assert (await audit(company, one.request))[-1] == ("web", "customer.played", "done", "P11", detail)


async def test_p11_so_is_a_copy(company: Company) -> None:
    one, (first, second) = await (await sent(company)).let_in(), company.calls[:2]
    await do(one, Downloaded, (first, second))
    await do(one, Downloaded, (first,), start=30.5, end=61.0)
    told = [(row.kind, row.recording_id, row.start, row.end) for row in await one.had()]
    assert sorted(told) == [
        ("downloaded", first, 0, 61),
        ("downloaded", first, 30.5, 61),
        ("downloaded", second, 0, 61),
    ]
    details = [entry[4] for entry in await audit(company, one.request) if entry[1] == "customer.downloaded"]
    assert details == [
        {"link": one.link, "recordings": [first, second]},
        {"link": one.link, "recordings": [first], "from_ms": 30_500, "to_ms": 61_000},
    ]


async def test_p8_what_may_be_heard_may_not_be_downloaded(company: Company) -> None:
    one = await (await sent(company, wants="listen")).let_in()
    assert await why(one, Downloaded, (company.calls[0],)) == (LISTEN_ONLY, "listen_only")
    assert await one.had() == []


async def test_p8_a_call_is_downloaded_ten_times_a_day(company: Company) -> None:
    one, call = await (await sent(company)).let_in(), (company.calls[0],)
    for _ in range(MOST_BEGUN):
        await do(one, Downloaded, call)
    sentence, code = await why(one, Downloaded, call)
    assert (sentence, code) == (
        "This call was downloaded 10 times within a day. Please try again tomorrow, or ring us.", "too_often",
    )  # fmt: skip
    assert len(await one.had()) == MOST_BEGUN
    await do(one, Downloaded, (company.calls[1],))
    await do(one, Downloaded, call, start=5.0, end=61.0)
    company.clock.pass_(days=1)
    await one.let_in()
    await do(one, Downloaded, call)


async def test_p8_and_resumed_more_often_but_not_without_end(company: Company) -> None:
    one, call = await (await sent(company)).let_in(), company.calls[0]
    rows = [
        CustomerListening(
            id=f"CH-{number}", link_id=one.link, matter_id=one.request, recording_id=call, kind="downloaded", start=1.0,
            end=2.0, at=company.clock.now,
        )
        for number in range(MOST_RESUMED)
    ]  # fmt: skip
    await company.database.write(lambda store: [store.customers.put(row) for row in rows])
    told = await refusal(company, Downloaded(*one.names, (call,), 5.0, 61.0), WEB)
    assert told.code == "too_often"
    await do(one, Downloaded, (call,))


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


@pytest.mark.parametrize(
    ("parts", "whole"),
    [([], False), ([(0, 60)], True), ([(0, 59)], True), ([(0, 58.9)], False), ([(30, 60), (0, 30)], True),
     ([(0, 40), (10, 20), (39, 60)], True), ([(0, 29), (31, 60)], False), ([(0.5, 60.5)], True)],
)  # fmt: skip
def test_p12_parts_are_all_of_a_call_but_for_a_second(parts: list[tuple[float, float]], whole: bool) -> None:
    assert covers(parts, 60) is whole


async def test_p8_who_leaves_leaves_nothing_behind(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, LeavePage)
    assert (await audit(company, one.request))[-1] == ("web", "customer.leave_page", "done", "P8", {"link": one.link})
    assert await refused(one) == "session_over"
    assert await why(one, LeavePage) == (NO_SESSION, "session_over")


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


@pytest.mark.parametrize(
    "values", [{"caller": "+61400000000"}, {"operator_key": "x@fernhill.example"}, {"version": 2}, {"stamp": "2"}]
)
async def test_p8_a_call_that_is_another_by_now_is_not_given(company: Company, values: dict[str, Any]) -> None:
    """Though a row was changed behind the back of the door."""
    one = await (await sent(company)).let_in()
    if "stamp" in values:  # the log tells of no other file
        assert await states(one) == ["there", "there"]
    await one.change((Recording, company.calls[0]), **values)
    assert await states(one) == ["another", "there"]


async def test_p8_nor_one_that_was_put_among_them_afterwards(company: Company) -> None:
    one = await (await sent(company)).let_in()
    row = RequestedRecording(request_id=one.request, recording_id=company.calls[2], place=2)
    await company.database.write(lambda store: store.session.add(row))
    assert await states(one) == ["there", "there", "another"]


async def test_p8_without_an_entry_that_released_it_nothing_is_given(company: Company) -> None:
    one = await (await sent(company, recorded=False)).let_in()
    assert await states(one) == ["another", "another"]


async def test_p8_a_link_or_a_request_that_is_not_there_lets_nobody_in(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await one.change((CustomerLink, one.link), ends_at=company.clock.now)
    assert await refused(one) == "ended"
    await one.change((CustomerRequest, one.request), state="stuck")
    assert await refused(one) == "ended"

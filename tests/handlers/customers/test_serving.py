"""What a session may have of a customer's calls, and what goes on record of it (P8, P11, P12)."""

from __future__ import annotations

import pytest

from handlers.customers.intents import Downloaded, HeardToEnd, LeavePage, Played
from handlers.customers.serving import (
    ENDED,
    LISTEN_ONLY,
    NO_SESSION,
    NOT_YOURS,
)
from storage.tables.customers import CustomerLink, CustomerRequest
from tests.handlers.builders import Company, audit
from tests.handlers.customers.builders import sent
from tests.handlers.customers.hearing import do, refused, states, why
from tests.handlers.customers.test_links import ENDS

pytestmark = pytest.mark.by_hand  # what a release leaves is put there without it


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
    for kind, about in ((Played, (company.calls[0], 0, 9)), (Downloaded, (tuple(company.calls[:1]),))):
        assert await why(one, kind, *about) == (ENDED, "ended")


async def test_p8_after_four_hours_the_passcode_is_asked_for_again(company: Company) -> None:
    one = await (await sent(company)).let_in()
    company.clock.pass_(hours=4, seconds=-1)
    assert (await one.serving()).there
    company.clock.pass_(seconds=1)
    assert await refused(one) == "session_over"
    assert await why(one, Played, company.calls[0], 0, 9) == (NO_SESSION, "session_over")


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
        {"link": one.link, "recordings": [first, second], "lengths_ms": {str(first): 61_000, str(second): 61_000}},
        {"link": one.link, "recordings": [first], "from_ms": 30_500, "to_ms": 61_000},
    ]


async def test_p8_what_may_be_heard_may_not_be_downloaded(company: Company) -> None:
    one = await (await sent(company, wants="listen")).let_in()
    assert await why(one, Downloaded, (company.calls[0],)) == (LISTEN_ONLY, "listen_only")
    assert await one.had() == []


async def test_p8_who_leaves_leaves_nothing_behind(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, LeavePage)
    [session], entry = await one.sessions(), (await audit(company, one.request))[-1]
    assert entry == ("web", "customer.leave_page", "done", "P8", {"link": one.link, "session": session.hash})
    assert await refused(one) == "session_over"
    assert await why(one, LeavePage) == (NO_SESSION, "session_over")


async def test_p8_a_link_or_a_request_that_is_not_there_lets_nobody_in(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await one.change((CustomerLink, one.link), ends_at=company.clock.now)
    assert await refused(one) == "ended"
    await one.change((CustomerRequest, one.request), state="stuck")
    assert await refused(one) == "ended"

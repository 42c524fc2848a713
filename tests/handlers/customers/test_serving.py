"""What a session may have of a customer's calls, what the page says of them, and what goes on record (P8, P11, P12)."""

import pytest

from handlers.acting import WEB, Context
from handlers.customers import serving as customers_serving
from handlers.customers.serving import (
    ENDED,
    LISTEN_ONLY,
    NO_SESSION,
    NOT_YOURS,
    WHY,
    CopyView,
    copy_view,
    covers_call,
    serve_session,
)
from storage.records import Recording
from tests.each import each
from tests.handlers.builders import Company, audit
from tests.handlers.customers.builders import ADDRESS, NAME, Sent, do, refused, sent, states, why
from tests.handlers.customers.test_links import ENDS
from tests.handlers.reading import looking

pytestmark = pytest.mark.by_hand  # what a release leaves is put there without it

AUSTRALIA, BRITAIN = (
    ("Australia and New Zealand", "+61 2 8197 9000"),
    ("UK, Europe and North America", "+44 20 3695 3777"),
)


async def test_p8_a_session_is_for_the_calls_of_its_own_link(company: Company) -> None:
    one = await (await sent(company)).let_in()
    serving = await one.serving()
    assert [call.id for call, _ in serving.calls] == company.calls[:2]
    assert (serving.may_keep, await states(one)) == (True, ["there", "there"])
    for kind, about in (
        (customers_serving.note_played, (company.calls[2], 0, 9)),
        (customers_serving.note_downloaded, ((company.calls[2],),)),
        (customers_serving.heard_to_end, (0,)),
    ):
        assert await why(one, kind, *about) == (NOT_YOURS, "not_released")


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
    for kind, about in (
        (customers_serving.note_played, (company.calls[0], 0, 9)),
        (customers_serving.note_downloaded, (tuple(company.calls[:1]),)),
    ):
        assert await why(one, kind, *about) == (ENDED, "ended")


async def test_p8_after_four_hours_the_passcode_is_asked_for_again(company: Company) -> None:
    one = await (await sent(company)).let_in()
    company.clock.pass_(hours=4, seconds=-1)
    assert (await one.serving()).there
    company.clock.pass_(seconds=1)
    assert await refused(one) == "session_over"
    assert await why(one, customers_serving.note_played, company.calls[0], 0, 9) == (NO_SESSION, "session_over")


async def test_p11_a_part_that_leaves_the_house_is_on_record(company: Company) -> None:
    one, recording = await (await sent(company, gives="listen")).let_in(), company.calls[0]
    await do(one, customers_serving.note_played, recording, 0.5, 9)
    [row] = await one.had()
    assert (row.kind, row.recording_id, row.start, row.end, row.at) == ("played", recording, 0.5, 9, company.clock.now)
    detail = {"link": one.link, "recording": recording, "from_ms": 500, "to_ms": 9000}
    assert (await audit(company, one.request))[-1] == ("web", "customer.played", "done", "P11", detail)


async def test_p11_so_is_a_copy(company: Company) -> None:
    one, (first, second) = await (await sent(company)).let_in(), company.calls[:2]
    await do(one, customers_serving.note_downloaded, (first, second))
    await do(one, customers_serving.note_downloaded, (first,), start=30.5, end=61.0)
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
    one = await (await sent(company, gives="listen")).let_in()
    assert await why(one, customers_serving.note_downloaded, (company.calls[0],)) == (LISTEN_ONLY, "listen_only")
    assert await one.had() == []


async def test_p8_who_leaves_leaves_nothing_behind(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, customers_serving.leave_page)
    row, entry = await one.row(), (await audit(company, one.request))[-1]
    assert entry == ("web", "customer.leave_page", "done", "P8", {"link": one.link, "session": row.session})
    assert await refused(one) == "session_over"
    assert await why(one, customers_serving.leave_page) == (NO_SESSION, "session_over")


async def test_p12_it_is_fetched_once_all_of_it_was_downloaded(company: Company) -> None:
    one, (first, second) = await (await sent(company)).let_in(), company.calls[:2]
    await do(one, customers_serving.heard_to_end, first)  # nothing of it was downloaded yet
    await do(one, customers_serving.note_played, first, 0, 61)
    await do(one, customers_serving.heard_to_end, first)
    await do(one, customers_serving.note_downloaded, (first, second))
    before = await one.redrawn()
    await do(one, customers_serving.heard_to_end, first)
    detail = {"link": one.link, "recording": first, "kind": "downloaded", "all": False}
    assert (await audit(company, one.request))[-1] == ("web", "customer.heard", "done", "P8", detail)
    assert (await one.row()).fetched_at is None
    company.clock.pass_(minutes=1)
    await do(one, customers_serving.heard_to_end, second)
    assert (await one.row()).fetched_at == company.clock.now
    assert (await audit(company, one.request))[-1][4]["all"] is True
    assert await one.redrawn() == before + 2
    entries = await audit(company)
    await do(one, customers_serving.heard_to_end, first)
    assert await audit(company) == entries
    assert sorted(row.recording_id for row in await one.had() if row.whole) == [first, second]


async def test_p12_or_heard_to_its_end_where_it_may_only_be_heard(company: Company) -> None:
    one, call = await (await sent(company, gives="listen", calls=company.calls[:1])).let_in(), company.calls[0]
    await do(one, customers_serving.heard_to_end, call)
    await do(one, customers_serving.note_played, call, 40, 61)
    await do(one, customers_serving.note_played, call, 0, 30)
    await do(one, customers_serving.heard_to_end, call)
    assert (await one.row()).fetched_at is None
    await do(one, customers_serving.note_played, call, 30, 40)
    await do(one, customers_serving.heard_to_end, call)
    assert (await one.row()).fetched_at == company.clock.now


@each(
    ("parts", "whole"),
    [([], False), ([(0, 60)], True), ([(0, 59)], True), ([(0, 58.9)], False), ([(30, 60), (0, 30)], True),
     ([(0, 40), (10, 20), (39, 60)], True), ([(0, 29), (31, 60)], False), ([(0.5, 60.5)], True)],
)  # fmt: skip
def test_p12_parts_are_all_of_a_call_but_for_a_second(parts: list[tuple[float, float]], whole: bool) -> None:
    assert covers_call(parts, 60) is whole


async def test_p12_a_call_past_its_moment_is_there_only_for_what_keeps_it(company: Company) -> None:
    one, (first, second) = await (await sent(company)).let_in(), company.calls[:2]
    now = company.clock.now
    await one.change((Recording, first), erase_at=now, state="closed")
    await one.change((Recording, second), erase_at=now)
    assert await states(one) == ["erased", "erased"]
    assert await why(one, customers_serving.note_played, first, 0, 9) == (WHY["erased"], "erased")
    await one.keep(first)
    await one.keep(second, why="request")
    assert await states(one) == ["there", "erased"]
    await do(one, customers_serving.note_played, first, 0, 9)
    company.clock.pass_(minutes=1)
    await one.change((Recording, first), erase_at=now)
    await company.database.write(lambda store: store.erasures.end_keep(first, one.request, company.clock.now))
    assert await states(one) == ["erased", "erased"]


async def view(one: Sent) -> CopyView:
    def look(ctx: Context) -> CopyView:
        return copy_view(serve_session(ctx, *one.names), ctx.policy)

    return await looking(one.company, WEB, look)


async def test_p8_when_which_line_how_long_and_by_whom(company: Company) -> None:
    one = await (await sent(company)).let_in()
    page = await view(one)
    first, second = page.calls
    assert (page.link, page.until, page.left) == (one.link, "Tue 8 Dec 2026, 14:00 Sydney", "in 14 days")
    assert (page.may_keep, page.privacy, page.ring) == (True, "https://fernhill.example/privacy", (AUSTRALIA,))
    assert page.complain == (
        ("Australia and New Zealand", "The Office of the Australian Information Commissioner, oaic.gov.au"),
    )
    assert (first.when, first.why, first.file) == ("Mon 23 Nov 2026, 14:00 Sydney", "", "call-1-2026-11-23-1400.wav")
    assert (first.kind, first.weight) == ("WAV", "488.0 KB")
    assert first.facts == (
        ("Call", "From you to us"), ("Line", "Australia and New Zealand"), ("Length", "1\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}s"),
        ("Answered by", "One of our staff, Customer Success"),
    )  # fmt: skip
    assert second.file == "call-2-2026-11-22-1400.wav"
    assert page.there == [first, second]


async def test_p8_nothing_that_names_anybody_stands_there(company: Company) -> None:
    one = await (await sent(company)).let_in()
    told = repr(await view(one))
    for secret in (NAME, ADDRESS, "Bram", "Tolliver", "41234567", "CS-10443", "call-1'", one.secret, one.code):
        assert secret not in told, secret


async def test_p12_what_can_not_be_had_says_why(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await one.change((Recording, company.calls[0]), state="gone", media_type="audio/x-odd")
    page = await view(one)
    assert [call.why for call in page.calls] == [WHY["missing"], ""]
    assert page.there == [page.calls[1]]
    assert page.calls[0].file.endswith(".audio")

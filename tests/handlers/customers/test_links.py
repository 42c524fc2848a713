"""A customer’s link: who is let in, what a session may have of the calls, what the page says, and what goes on record (P8, P11, P12)."""

import json
from typing import Any

import pytest

from handlers.acting import WEB, Context
from handlers.customers import links
from handlers.customers import serving as customers_serving
from handlers.customers.cards import LOCKED
from handlers.customers.links import Admitted, Fit, judge_passcode
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
from handlers.rules import Refused
from storage.customers import LONGEST_SESSION
from storage.records import Recording
from storage.tables.customers import CustomerRequest
from tests.each import each
from tests.handlers.builders import Company, audit
from tests.handlers.customers.builders import ADDRESS, NAME, Sent, do, refused, sent, states, why
from tests.handlers.reading import looking

pytestmark = pytest.mark.by_hand


NOBODY = Admitted()


async def fit(one: Sent, code: str = "", passcode: str = "") -> Fit:
    """How code and passcode stand, for who only looks."""
    return await looking(
        one.company, WEB, lambda ctx: judge_passcode(ctx, code or one.code, passcode or one.passcode)[1]
    )


def other(passcode: str) -> str:
    return f"{(int(passcode) + 1) % 10**6:06d}"


async def test_p8_code_and_passcode_are_kept_as_marks(company: Company) -> None:
    one = await sent(company)
    row = await one.row()
    assert (row.code, len(one.code)) == (company.door.keys.mark_of_pass("link", one.code), 43)  # 256 bits in base64
    assert (row.passcode, len(one.passcode)) == (
        company.door.keys.mark("customer passcode", one.request, row.id, one.passcode),
        6,
    )
    assert (row.ends_at - row.made_at).days == company.door.policy.customers.link_days == 14
    stored = json.dumps([str(vars(row)), await audit(company)])
    assert one.code not in stored
    assert one.passcode not in stored


async def test_p8_both_together_let_someone_in(company: Company) -> None:
    one = await sent(company)
    assert await fit(one) == "open"
    before = await one.redrawn()
    entered = await one.opened()
    row = await one.row()
    assert (entered.link, row.session) == (one.link, one.session_mark(entered.secret))
    assert (row.session_ends_at, row.opened_at) == (company.clock.now + LONGEST_SESSION, company.clock.now)
    detail = {"link": one.link, "fits": True, "session": row.session}
    assert (await audit(company, one.request))[-1] == ("web", "customer.open_link", "done", "P8", detail)
    assert await one.redrawn() == before + 2  # who filed it, who released it
    company.clock.pass_(minutes=5)
    await one.opened()
    assert (await one.row()).opened_at != company.clock.now
    assert await one.redrawn() == before + 2


async def test_p8_no_code_no_passcode_yet_and_what_is_locked_are_one_answer(company: Company) -> None:
    one = await sent(company, passcode=False)
    before = await audit(company)
    assert await fit(one, "guessed", "000000") == await fit(one, one.code, "000000") == "unknown"
    assert await one.opened("guessed", "000000") == await one.opened(one.code, "000000") == NOBODY
    assert await audit(company) == before
    passcode = await one.new_passcode()
    await one.to_state("locked")
    assert await fit(one, one.code, passcode) == await fit(one, one.code, other(passcode)) == "unknown"


async def test_p8_a_wrong_passcode_counts_and_the_fifth_locks(company: Company) -> None:
    one = await (await sent(company)).let_in()
    before = await one.redrawn()
    wrong = other(one.passcode)
    for tries in range(1, 6):
        assert await fit(one, one.code, wrong) == "wrong"
        assert await one.opened(one.code, wrong) == NOBODY
        detail = {"link": one.link, "fits": False, "tries": tries, "locked": tries == 5}
        assert (await audit(company, one.request))[-1] == ("web", "customer.open_link", "done", "P8", detail)
        assert await one.redrawn() == before + (2 if tries == 5 else 0)
    assert (await one.row()).link == "locked"
    assert await one.opened() == NOBODY
    with pytest.raises(Refused) as refused:
        await one.serving()
    assert refused.value.code == "ended"


async def test_p8_a_new_passcode_ends_the_one_before_and_opens_a_locked_link(company: Company) -> None:
    one = await (await sent(company)).let_in()
    first = one.passcode
    for _ in range(5):
        await one.opened(one.code, other(first))
    second = await one.new_passcode()
    row = await one.row()
    assert (row.link, row.tries, row.passcodes) == ("live", 0, 2)
    if second != first:
        assert await one.opened(one.code, first) == NOBODY
    with pytest.raises(Refused) as refused:
        await one.serving()
    assert refused.value.code == "session_over"
    assert (await one.opened(one.code, second)).secret


async def test_p8_a_link_gets_three_passcodes(company: Company) -> None:
    one = await sent(company)
    await one.new_passcode()
    await one.new_passcode()
    with pytest.raises(Refused) as refused:
        await one.new_passcode()
    assert (str(refused.value), refused.value.code) == (links.SPENT, "no_passcode_left")


@pytest.mark.parametrize("state", ["ended", "withdrawn", "wrong_address", "bounced"])
async def test_p8_a_link_that_is_over_gets_none(company: Company, state: str) -> None:
    one = await sent(company)
    await one.to_state(state)
    with pytest.raises(Refused) as refused:
        await one.new_passcode()
    assert (str(refused.value), refused.value.code) == (links.OVER, "link_over")


async def _withdrawn(one: Sent) -> None:
    await one.change((CustomerRequest, one.request), state="withdrawn")


async def _open_again(one: Sent) -> None:
    await one.change((CustomerRequest, one.request), state="waiting")


async def _days_pass(one: Sent) -> None:
    one.company.clock.pass_(days=14)


async def _clock_back(one: Sent) -> None:
    one.company.clock.pass_(seconds=-1)


ENDS: dict[str, Any] = {
    "withdrawn": lambda one: one.to_state("withdrawn"), "bounced": lambda one: one.to_state("bounced"),
    "wrong address": lambda one: one.to_state("wrong_address"), "ended": lambda one: one.to_state("ended"),
    "request withdrawn": _withdrawn, "request open again": _open_again, "days over": _days_pass, "clock back": _clock_back,
    "key destroyed": lambda one: one.destroy_key(),
}  # fmt: skip


@pytest.mark.parametrize("way", ENDS)
async def test_p8_that_it_is_over_learns_only_who_has_both(company: Company, way: str) -> None:
    one = await sent(company)
    await ENDS[way](one)
    before = await audit(company)
    assert await fit(one) == "over"
    assert await one.opened() == Admitted(over=True)
    assert await fit(one, one.code, other(one.passcode)) == "unknown"
    assert await one.opened(one.code, other(one.passcode)) == NOBODY
    assert await audit(company) == before


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
async def test_p8_each_request_asks_again_whether_it_is_over(company: Company, way: str) -> None:
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


async def test_p8_nothing_that_names_anyone_is_there(company: Company) -> None:
    one = await (await sent(company)).let_in()
    told = repr(await view(one))
    for secret in (NAME, ADDRESS, "Bram", "Tolliver", "41234567", "CS-10443", "call-1'", one.secret, one.code):
        assert secret not in told, secret


async def test_p5_a_customer_never_reads_that_a_locked_call_is_gone(company: Company) -> None:
    """The releaser is asked not to say so either: a decision or a hold may keep the call."""
    assert "please don’t tell the customer that we have none" in LOCKED
    one = await (await sent(company)).let_in()
    await one.change((Recording, company.calls[0]), state="declined")
    assert [call.why for call in (await view(one)).calls] == [WHY["locked"], ""]
    assert "haven’t decided yet" in WHY["locked"]
    assert await why(one, customers_serving.note_played, company.calls[0], 0, 9) == (WHY["locked"], "locked")


async def test_p12_what_cannot_be_had_says_why(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await one.change((Recording, company.calls[0]), state="gone", media_type="audio/x-odd")
    page = await view(one)
    assert [call.why for call in page.calls] == [WHY["missing"], ""]
    assert page.there == [page.calls[1]]
    assert page.calls[0].file.endswith(".audio")

"""What a customer reads of the own calls, and nothing beside it (P8)."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.acting import WEB, Act
from handlers.customers.serving import WHY, CopyView, numbers, serve, viewed
from handlers.policy import Policy
from storage.records import Recording
from tests.handlers.builders import POLICY, UK, Company, call, register
from tests.handlers.customers.builders import ADDRESS, NAME, Sent, sent
from tests.handlers.reading import looking

pytestmark = pytest.mark.by_hand  # what a release leaves is put there without it

AUSTRALIA, BRITAIN = (
    ("Australia and New Zealand", "+61 2 8197 9000"),
    ("UK, Europe and North America", "+44 20 3695 3777"),
)


async def view(one: Sent) -> CopyView:
    def look(act: Act) -> CopyView:
        return viewed(serve(act, *one.names), act.policy)

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
    assert (first.kind, first.weight, page.weight) == ("WAV", "488.0 KB", "976.0 KB")
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


async def test_p8_each_call_is_told_in_the_time_of_its_line(company: Company) -> None:
    facts: dict[str, Any] = {"line": UK, "direction": "outgoing", "media_type": "audio/mpeg"}
    calls = await register(company.door, call(4, **facts))
    one = await (await sent(company, calls=[*calls, company.calls[0]])).let_in()
    page = await view(one)
    assert page.calls[0].when == "Fri 20 Nov 2026, 03:00 London"
    assert page.calls[0].facts[0] == ("Call", "From us to you")
    assert page.calls[0].facts[-1][0] == "Made by"
    assert page.calls[0].file == "call-1-2026-11-20-0300.mp3"
    assert page.until == "Tue 8 Dec 2026, 03:00 London"
    assert [line for line, _ in page.complain] == [BRITAIN[0], AUSTRALIA[0]]
    assert page.ring == (BRITAIN, AUSTRALIA)


async def test_p8_a_single_call_needs_no_number(company: Company) -> None:
    one = await (await sent(company, calls=company.calls[:1])).let_in()
    [only] = (await view(one)).calls
    assert only.file == "call-2026-11-23-1400.wav"


async def test_p12_what_can_not_be_had_says_why(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await one.change((Recording, company.calls[0]), state="gone", media_type="audio/x-odd")
    page = await view(one)
    assert [call.why for call in page.calls] == [WHY["missing"], ""]
    assert page.there == [page.calls[1]]
    assert page.calls[0].file.endswith(".audio")


async def test_p8_a_line_without_anybody_to_complain_to_says_nothing_of_it(company: Company, policy: Policy) -> None:
    none = policy.customers.model_copy(update={"complain": {}})
    company.door.policy = policy.model_copy(update={"customers": none})
    assert (await view(await (await sent(company)).let_in())).complain == ()


def test_p8_where_a_customer_rings() -> None:
    assert numbers(POLICY) == (AUSTRALIA, BRITAIN)
    assert numbers(POLICY, [UK]) == (BRITAIN,)
    assert numbers(POLICY, ["+4990000000"]) == (AUSTRALIA, BRITAIN)

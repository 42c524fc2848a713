"""P13: whatever is sent to the pages of reports, it is answered by a page, within limits, and nothing of it is logged."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.web.limits import RECEIPTS, REPORTS
from bot.web.reporting import plain
from storage.database.store import Database
from tests.bot.web.report_house import House, a_house
from tests.bot.web.test_reporting import WORDS, filed

FORM = "application/x-www-form-urlencoded"
PAGE = "/report/handle/B-7F3KQ2XM"
PATHS = ("/report", "/report/follow", "/report/add", "/report/handle/open", "/report/mine/open", f"{PAGE}/note", "/report/mine/B-7F3KQ2XM/add")  # fmt: skip
BODIES = {
    "no text": b"what=\xff\xfe", "half an escape": b"what=%", "broken utf-8 in escapes": b"what=%ff%fe", "a lone surrogate": b"what=%ed%a0%80",
    "many fields": b"&".join(b"a=1" for _ in range(100)), "nothing": b"", "only signs": b"&&&===;;;", "no name": b"=words",
    "null bytes": b"what=%00%00&receipt=%00&code=%00&draft=%00&words=%00", "json": b'{"what": "x"}', "deep": b"[" * 60_000,
    "lists": b"what[]=1&what[a][b]=2", "twice": b"what=one&what=two&own=head&own=fallback&receipt=a&receipt=b",
    "controls": b"what=%1b[31m%08%7f&name=%e2%80%ae", "markup": b"what=%3Cscript%3Ealert(1)%3C%2Fscript%3E%7B%7B7*7777%7D%7D&once=%22%3E%3Cb%3E",
    "unknown title": b"what=x&conflicts=everybody&own=../../etc", "long": b"what=" + b"a" * 60_000, "long name": b"a" * 60_000 + b"=1",
    "a huge number": b"number=" + b"9" * 5000 + b"&recording=-1",
}  # fmt: skip


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with a_house(database) as opened:
        yield opened


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("path", PATHS)
async def test_p13_odd_bodies_are_answered_by_a_page(house: House, path: str) -> None:
    cookie = await house.a_session()
    for name, body in BODIES.items():
        house.seconds.now += REPORTS.window
        answer, page = await house.post(path, body, content_type=FORM, cookie=cookie)
        assert 200 <= answer.status < 500, name
        assert page.startswith("<!doctype html>"), name
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert "54439" not in page, name


async def test_p13_another_site_sends_nothing_and_a_browser_that_says_nothing_may(house: House) -> None:
    """With `no-referrer` a browser writes `Origin: null` for our own forms; over plain http it says nothing else."""
    told = {"what": WORDS, "once": "1"}
    for sent, status in (
        ({"origin": "https://evil.example"}, 403), ({"origin": "null", "sec_fetch_site": "cross-site"}, 403),
        ({"origin": "null", "sec_fetch_site": "same-site"}, 403), ({"origin": "null"}, 200), ({"origin": "null", "sec_fetch_site": "same-origin"}, 200),
        ({"origin": "http://localhost:3000"}, 200), ({}, 200),
    ):  # fmt: skip
        answer, page = await house.post("/report", told, **sent)
        assert (answer.status, page.startswith("<!doctype html>")) == (status, True), sent


async def test_p13_every_answer_is_kept_nowhere_framed_nowhere_and_asks_nobody_else(house: House) -> None:
    cookie, receipt = await house.a_session(), await filed(house)
    mine = await house.a_session(where="/report/mine")
    asked: list[tuple[str, str, dict[str, str], str]] = [
        ("GET", "/report", {}, ""), ("POST", "/report", {}, ""), ("POST", "/report", {"what": WORDS}, ""), ("GET", "/report/follow", {}, ""),
        ("POST", "/report/follow", {"receipt": receipt}, ""), ("POST", "/report/follow", {}, ""), ("GET", "/report/handle", {}, ""),
        ("GET", "/report/mine", {}, ""), ("GET", PAGE, {}, cookie), ("GET", PAGE, {}, ""), ("POST", f"{PAGE}/note", {"words": "x"}, cookie),
        ("GET", "/report/mine/B-7F3KQ2XM", {}, mine), ("GET", "/report/none", {}, ""), ("GET", "/report/assets/report.css", {}, ""),
        ("GET", "/report/assets/report.js", {}, ""), ("POST", "/report/handle/open", {"code": await house.a_code()}, ""),
    ]  # fmt: skip
    for method, path, fields, sent in asked:
        answer, page = await house.ask(method, path, fields or None, cookie=sent)
        assert answer.headers["Cache-Control"] == "no-store, private", path
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        policy = answer.headers["Content-Security-Policy"]
        assert {"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(
            policy.split("; ")
        )
        assert "unsafe" not in policy
        assert "Server" not in answer.headers
        assert re.findall(r'(?:href|src|action)="((?!/|#|\.)[^"]*)"', page) == [], path
        assert re.findall(r"url\(|@import|https?://(?!localhost:3000)", page) == [], path


async def test_p13_reports_have_a_limit_and_nothing_that_was_written_is_lost(house: House) -> None:
    for number in range(REPORTS.one):
        await filed(house, once=f"{number}")
    answer, page = await house.post("/report", {"what": WORDS, "once": "x"})
    assert (answer.status, WORDS in page, "Yours was not sent yet." in page) == (429, True, True)
    assert 1 <= int(answer.headers["Retry-After"]) <= REPORTS.window
    house.seconds.now += REPORTS.window
    await filed(house, once="y")


@pytest.mark.parametrize(("path", "field"), [("/report/follow", "receipt"), ("/report/add", "receipt"),
                                             ("/report/handle/open", "code"), ("/report/mine/open", "code")])  # fmt: skip
async def test_p13_what_is_guessed_has_a_limit_and_who_has_a_real_one_is_let_in(
    house: House, path: str, field: str
) -> None:
    receipt, code = plain(await filed(house)), await house.a_code()
    found = [(await house.post(path, {field: f"guess {number}"}))[0].status for number in range(RECEIPTS.one + 3)]
    assert found[RECEIPTS.one :] == [429] * 3
    assert 429 not in found[: RECEIPTS.one]
    assert (await house.post("/report/follow", {"receipt": receipt}))[0].status == 200
    assert (await house.post("/report/handle/open", {"code": code}))[0].status == 303
    house.seconds.now += RECEIPTS.window
    assert (await house.post(path, {field: "guess"}))[0].status != 429


async def test_p13_nothing_of_a_report_or_of_who_sent_it_is_in_a_log_line(
    house: House, lines: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    canary, receipt = "CANARY8d1f", plain(await filed(house, what="CANARY8d1f", name="CANARY8d1f", once="c"))
    cookie = await house.a_session()
    for path in PATHS:
        for body in (f"what={canary}&words={canary}&receipt={receipt}", f"what=%ff{canary}", canary):
            await house.post(path, body, content_type=FORM, cookie=cookie)
    house.stand.fault = RuntimeError(f"a fault that tells {canary} {receipt}")
    answer, page = await house.post("/report", {"what": canary, "once": "d"})
    assert answer.status == 500
    assert canary in page
    number = re.findall(r"Its number is (\w{8})\.", page)
    told = capsys.readouterr()
    logged = lines.text + told.out + told.err
    assert number[0] in logged
    assert "RuntimeError" in logged
    for secret in (canary, receipt, cookie.partition("=")[2], "127.0.0.1", "/report"):
        assert secret not in logged, secret

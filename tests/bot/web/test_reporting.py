"""Reports without login: the form, the receipt, links from chat, limits, and nothing of them in the log (P13)."""

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
import pytest_asyncio

from bot.web.limits import LINKS, RECEIPTS, REPORTS
from bot.web.reporting import plain_receipt
from handlers.breach import filing
from handlers.breach.filing import make_token
from handlers.breach.room import receipt_groups
from handlers.breach.state import Statement
from storage.database.store import Database, DatabaseDown
from tests.bot.web.report_house import House, a_house
from tests.each import each
from tests.handlers.builders import Company

HELENA, HENRIK = "helena.marsh@fernhill.example", "henrik.solberg@fernhill.example"
RUTH, MILES = "ruth.adeyemi@fernhill.example", "miles.fairweather@fernhill.example"
WORDS = "Bram played a customer’s call to friends."


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with a_house(database) as opened:
        yield opened


def hidden(page: str, name: str) -> str:
    [value] = re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    return str(value)


def shown_receipt(page: str) -> str:
    [told] = re.findall(r'<p class="receipt" translate="no">(.*?)</p>', page)
    return re.sub(r"<[^>]*>", "", told)


async def filed(house: House, **more: object) -> str:
    """A receipt, as it is read off the page."""
    answer, page = await house.post("/report", {"what": WORDS, "once": "1", **more})
    assert answer.status == 200, page
    return shown_receipt(page)


async def test_p13_the_form_names_titles_and_no_person(house: House) -> None:
    answer, page = await house.get("/report")
    assert answer.status == 200
    head = "Head of Customer Success"
    for title in ("Manager, Human Resources", head, f"A deputy of the {head}", "Managing Director"):
        assert page.count(f"<span>{title}</span>") == 1
    assert "A deputy of the Manager" not in page  # there is none
    assert re.findall(r"<label for=\"(\w+)\">[^<]* \(optional\)</label>", page) == [
        "when", "which", "concerned", "name",
    ]  # fmt: skip
    for name in ("Helena", "Ruth", "Henrik", "Miles"):
        assert name not in page


async def test_p13_what_is_told_reaches_the_door_and_titles_become_people(house: House) -> None:
    answer, page = await house.post(
        "/report",
        [("what", f" {WORDS}\r\nThey laughed. "), ("when", "Saturday"), ("which", "CS-10442"), ("concerned", "Bram"),
         ("conflicts", "head"), ("conflicts", "head_deputy"), ("own", ""), ("name", ""), ("once", "1")],
    )  # fmt: skip
    assert answer.status == 200
    assert house.stand.told == [
        Statement(
            "page", f"{WORDS}\nThey laughed.", "Saturday", "CS-10442", concerned="Bram", conflicts=(HELENA, HENRIK)
        )
    ]
    assert [line for line in (WORDS, "Saturday", "CS-10442", "Bram") if line in page] == []
    assert "Fri 27 Nov 2026" in page
    assert "Ruth Adeyemi, in person" in page


async def test_p13_who_picks_himself_is_stored_exactly_like_who_is_ticked(house: House) -> None:
    await filed(house, own="human_resources", once="1")
    await filed(house, conflicts="human_resources", once="2")
    await filed(house, own="human_resources", conflicts="fallback", once="3")
    await filed(house, own="fallback", conflicts="human_resources", once="4")
    one, other, third, fourth = house.stand.told
    assert one == other
    assert third == fourth
    assert third.conflicts == (MILES, RUTH)
    assert (third.account, third.accused, third.named) == ("", (), False)


async def test_p13_an_error_keeps_every_word_and_every_tick_and_is_linked_to_its_field(house: House) -> None:
    typed = [("what", ""), ("when", 'Sat"urday'), ("concerned", "x" * 201), ("conflicts", "head"), ("own", "fallback"),
             ("name", "Anna"), ("once", "7")]  # fmt: skip
    answer, page = await house.post("/report", typed)
    assert answer.status == 422
    assert 'value="Sat&#34;urday"' in page
    assert 'value="head" checked' in page
    assert '<option value="fallback" selected>' in page
    assert 'value="Anna"' in page
    assert "x" * 201 in page
    assert hidden(page, "once") == "7"
    for field in ("what", "concerned"):
        assert f'<a href="#{field}">' in page
        assert f'id="{field}-wrong"' in page
        assert re.search(
            rf'id="{field}" name="{field}"[^>]* aria-describedby="{field}-wrong {field}-hint" aria-invalid="true"', page
        )
    assert house.stand.told == []
    _, page = await house.post("/report", {"what": "y" * 3001})
    assert "This has 3,001 characters; the limit is 3,000." in page
    assert "y" * 3001 in page


async def test_p13_a_refusal_and_an_outage_keep_what_was_typed(house: House) -> None:
    house.stand.refuse = sentence = "This can’t be filed."
    answer, page = await house.post("/report", {"what": WORDS, "once": "1"})
    assert (answer.status, sentence in page, WORDS in page) == (422, True, True)
    house.stand.at = "which"
    _, page = await house.post("/report", {"what": WORDS, "once": "1"})
    assert 'id="which-wrong"' in page
    house.stand.fault = DatabaseDown("away")
    answer, page = await house.post("/report", {"what": WORDS, "once": "1"})
    assert (answer.status, "Nothing has been sent yet." in page, WORDS in page) == (503, True, True)


async def test_p13_the_same_form_sent_again_gives_the_same_receipt_and_a_changed_one_another(house: House) -> None:
    once = hidden((await house.get("/report"))[1], "once")
    assert len(once) >= 40
    first = await filed(house, once=once)
    assert await filed(house, once=once) == first
    assert await filed(house, once=once, when="Saturday") != first
    assert len(house.stand.told) == 2
    assert await filed(house, once="") != await filed(house, once="")


async def test_p13_where_no_one_may_read_it_the_reporter_is_told_whom_to_turn_to(house: House) -> None:
    house.stand.resort = "the Fair Work Ombudsman"
    _, page = await house.post("/report", {"what": WORDS, "once": "1"})
    assert "<strong>the Fair Work Ombudsman</strong>" in page


async def test_p13_with_the_receipt_the_reporter_sees_the_conversation_and_adds_to_it_once(house: House) -> None:
    receipt = await filed(house)
    _, page = await house.post("/report/follow", {"receipt": receipt})
    assert "Do you remember who else was there?" in page
    assert "Your answer" in page
    told = {"receipt": hidden(page, "receipt"), "once": hidden(page, "once"), "words": "Two of Sales."}
    for _ in range(2):
        answer, page = await house.post("/report/add", told)
        assert (answer.status, page.count("Two of Sales.")) == (200, 1)
    _, page = await house.post("/report/add", {**told, "once": hidden(page, "once")})
    assert page.count("Two of Sales.") == 2


@pytest.mark.parametrize("path", ["/report/follow", "/report/add"])
async def test_p13_a_wrong_receipt_is_told_at_its_field(house: House, path: str) -> None:
    receipt = plain_receipt(await filed(house))
    for wrong in ("", "nonsense", receipt[1:] + receipt[:1] + "2", receipt[:-1], "x" * 5000, "😀"):
        answer, page = await house.post(path, {"receipt": wrong, "words": "more"})
        assert answer.status == 422, wrong
        assert "There is no report with this receipt." in page
        assert "Do you remember" not in page


@each("receipt", ["ABCD2345EFGH6789JKLMNPQRSTUVWXYZ", "2" * 32])
def test_p13_a_receipt_is_known_with_blanks_and_dashes_between_its_groups(receipt: str) -> None:
    parts = receipt_groups(receipt)
    assert "".join(parts) == receipt
    for between in ("", " ", "-", " - ", "–", "\n"):
        assert plain_receipt(between.join(parts)) == receipt
    assert plain_receipt(f"\t{receipt} \u200b") == plain_receipt(receipt.lower()) == receipt


async def test_p13_nothing_is_in_an_address_or_a_cookie(house: House) -> None:
    for path, fields in (("/report", {"what": WORDS}), ("/report/follow", {"receipt": await filed(house)})):
        answer, page = await house.post(path, fields)
        assert (answer.status, answer.headers.get("Set-Cookie"), answer.headers.get("Location")) == (200, None, None)
        assert re.findall(r"<title>(.*)</title>", page) == ["Confidential"]
        assert re.findall(r'(?:href|action|src)="([^"]*\?[^"]*)"', page) == []


async def begun_from_chat(house: House, code: str) -> tuple[int, str]:
    answer, page = await house.post("/report/start", {"code": code})
    return answer.status, page


async def test_p13_a_link_from_a_chat_leads_to_the_form_once_and_says_whose_it_is(house: House) -> None:
    link = make_token(house.door.keys, "teams:abc", house.door.now())
    status, page = await begun_from_chat(house, f"https://x/report/start#{link}")
    assert (status, "May they know your name?" in page, 'name="own"' in page) == (200, True, False)
    start = hidden(page, "start")
    assert (await begun_from_chat(house, link))[0] == 403
    for named, account in (("named", "teams:abc"), ("withheld", "teams:abc")):
        await house.post("/report", {"what": WORDS, "once": named, "start": start, "named": named})
        told = house.stand.told[-1]
        assert (told.source, told.named, told.account, told.name) == ("link", named == "named", account, "")


REPORT = "B-7F3KQ2XM"
MINE = f"/report/mine/{REPORT}"


async def test_p13_who_gave_a_name_comes_back_from_the_chat(house: House) -> None:
    cookie = await house.a_session(where="/report/mine")
    answer, page = await house.get(MINE, cookie=cookie)
    assert (answer.status, "Do you remember who else was there?" in page) == (200, True)
    assert 'name="receipt"' not in page
    answer, _ = await house.post(f"{MINE}/add", {"words": "Two of Sales."}, cookie=cookie)
    assert (answer.status, answer.headers["Location"]) == (303, f"{MINE}#conversation")
    assert house.stand.done == [filing.add_own_words(REPORT, cookie.partition("=")[2], "Two of Sales.")]


@each("late", ["It is overdue: no one has acknowledged it yet.", ""])
async def test_p13_the_page_says_what_is_late_and_to_whom_to_turn_or_that_no_one_may_read_it(
    house: House, late: str
) -> None:
    resort, sealed = "the Fair Work Ombudsman", "No one here may read it right now"
    house.stand.reporter = replace(house.stand.reporter, late=late, last_resort=resort)
    _, page = await house.get(MINE, cookie=await house.a_session(where="/report/mine"))
    assert f"<strong>{resort}</strong>" in page
    assert (sealed in page, "You don’t have to wait" in page) == (not late, bool(late))
    assert late in page
    house.stand.reporter = replace(house.stand.reporter, late="", last_resort="")
    _, page = await house.get(MINE, cookie=await house.a_session(where="/report/mine"))
    assert resort not in page


PROXY, HERS = (ip_network("127.0.0.0/8"),), "198.51.100.7"


@pytest_asyncio.fixture
async def real(company: Company) -> AsyncIterator[House]:
    """The pages before the handlers themselves."""
    async with a_house(company.database, trusted=PROXY, door=company.door) as opened:
        yield opened


async def post(real: House, path: str, address: str = HERS, **fields: str) -> tuple[int, str]:
    answer, page = await real.post(path, fields, x_forwarded_for=address)
    return answer.status, page


async def test_b7_a_good_link_leads_to_the_form_whatever_strangers_guess(real: House, company: Company) -> None:
    """As many guesses as all strangers together have in a minute, each of which is counted."""
    for number in range(RECEIPTS.all):
        told = await post(real, "/report/start", f"203.0.113.{number // RECEIPTS.one}", code=f"guess {number}")
        assert told[0] == 403
    assert (await post(real, "/report/start", "203.0.113.99", code="guess"))[0] == 429
    good = make_token(company.door.keys, "teams:anna", company.clock())
    status, page = await post(real, "/report/start", code=good)
    assert (status, "What happened?" in page) == (200, True)
    assert (await post(real, "/report/start", code=good))[0] == 429  # which was used, and counts as a guess


async def test_p13_a_link_that_is_over_and_one_that_is_none_are_one_page(real: House, company: Company) -> None:
    old = make_token(company.door.keys, "teams:anna", company.clock() - timedelta(hours=3))
    used = make_token(company.door.keys, "teams:anna", company.clock())
    assert (await post(real, "/report/start", code=used))[0] == 200
    found = {await post(real, "/report/start", code=one) for one in (old, used, "guess")}
    assert len(found) == 1
    assert LINKS.words not in str(found)


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


async def test_p13_every_answer_is_kept_nowhere_framed_nowhere_and_asks_no_one_else(house: House) -> None:
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
    assert (answer.status, WORDS in page, "so yours wasn’t sent." in page) == (429, True, True)
    assert 1 <= int(answer.headers["Retry-After"]) <= REPORTS.window
    house.seconds.now += REPORTS.window
    await filed(house, once="y")


@pytest.mark.parametrize(("path", "field"), [("/report/follow", "receipt"), ("/report/add", "receipt"),
                                             ("/report/handle/open", "code"), ("/report/mine/open", "code")])  # fmt: skip
async def test_p13_what_is_guessed_has_a_limit_and_who_has_a_real_one_is_let_in(
    house: House, path: str, field: str
) -> None:
    receipt, code = plain_receipt(await filed(house)), await house.a_code()
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
    canary, receipt = "CANARY8d1f", plain_receipt(await filed(house, what="CANARY8d1f", name="CANARY8d1f", once="c"))
    cookie = await house.a_session()
    for path in PATHS:
        for body in (f"what={canary}&words={canary}&receipt={receipt}", f"what=%ff{canary}", canary):
            await house.post(path, body, content_type=FORM, cookie=cookie)
    house.stand.fault = RuntimeError(f"a fault that tells {canary} {receipt}")
    answer, page = await house.post("/report", {"what": canary, "once": "d"})
    assert answer.status == 500
    assert canary in page
    number = re.findall(r"on our side \((\w{8})\)", page)
    told = capsys.readouterr()
    logged = lines.text + told.out + told.err
    assert number[0] in logged
    assert "RuntimeError" in logged
    for secret in (canary, receipt, cookie.partition("=")[2], "127.0.0.1", "/report"):
        assert secret not in logged, secret

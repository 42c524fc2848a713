"""Reports without login: the form, the receipt, one's own report, and links that let the reporter in (P13)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
import pytest_asyncio

from bot.web.limits import LINKS, RECEIPTS
from bot.web.reporting import plain
from handlers.breach import filing
from handlers.breach.filing import make_token
from handlers.breach.room import groups
from handlers.breach.state import Told
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
    for title in (
        "Manager, Human Resources",
        "Head of Customer Success",
        "A deputy of the Head of Customer Success",
        "Managing Director",
    ):
        assert page.count(f"<span>{title}</span>") == 1
    assert "A deputy of the Manager" not in page  # there is none
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
        Told("page", f"{WORDS}\nThey laughed.", "Saturday", "CS-10442", concerned="Bram", conflicts=(HELENA, HENRIK))
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
    assert "This has 3,001 characters, and 3,000 fit." in page
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
    assert (answer.status, "Nothing was sent yet." in page, WORDS in page) == (503, True, True)


async def test_p13_the_same_form_sent_again_gives_the_same_receipt_and_a_changed_one_another(house: House) -> None:
    once = hidden((await house.get("/report"))[1], "once")
    assert len(once) >= 40
    first = await filed(house, once=once)
    assert await filed(house, once=once) == first
    assert await filed(house, once=once, when="Saturday") != first
    assert len(house.stand.told) == 2
    assert await filed(house, once="") != await filed(house, once="")


async def test_p13_where_nobody_may_read_it_the_reporter_is_told_whom_to_turn_to(house: House) -> None:
    house.stand.resort = "the Fair Work Ombudsman"
    _, page = await house.post("/report", {"what": WORDS, "once": "1"})
    assert "please turn to: <strong>the Fair Work Ombudsman</strong>" in page


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
    receipt = plain(await filed(house))
    for wrong in ("", "nonsense", receipt[1:] + receipt[:1] + "2", receipt[:-1], "x" * 5000, "😀"):
        answer, page = await house.post(path, {"receipt": wrong, "words": "more"})
        assert answer.status == 422, wrong
        assert "There is no report with this receipt." in page
        assert "Do you remember" not in page


@each("receipt", ["ABCD2345EFGH6789JKLMNPQRSTUVWXYZ", "2" * 32])
def test_p13_a_receipt_is_known_with_blanks_and_dashes_between_its_groups(receipt: str) -> None:
    parts = groups(receipt)
    assert "".join(parts) == receipt
    for parted in (
        receipt,
        " ".join(parts),
        "-".join(parts),
        " - ".join(parts),
        "–".join(parts),
        "\n".join(parts),
        f"\t{receipt} \u200b",
        receipt.lower(),
    ):
        assert plain(parted) == receipt


async def test_p13_nothing_stands_in_an_address_or_a_cookie(house: House) -> None:
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
    assert (answer.status, "Do you remember who else was there?" in page, 'name="receipt"' in page) == (
        200,
        True,
        False,
    )
    answer, _ = await house.post(f"{MINE}/add", {"words": "Two of Sales."}, cookie=cookie)
    assert (answer.status, answer.headers["Location"]) == (303, f"{MINE}#conversation")
    assert house.stand.done == [filing.add_own_words(REPORT, cookie.partition("=")[2], "Two of Sales.")]


@each("late", ["No one has acknowledged it yet, and the time for that is over.", ""])
async def test_p13_the_page_says_what_is_late_and_to_whom_to_turn_or_that_nobody_may_read_it(
    house: House, late: str
) -> None:
    resort, sealed = "the Fair Work Ombudsman", "No one here may read it at the moment"
    house.stand.reporter = replace(house.stand.reporter, late=late, last_resort=resort)
    _, page = await house.get(MINE, cookie=await house.a_session(where="/report/mine"))
    assert f"<strong>{resort}</strong>" in page
    assert (sealed in page, "You need not wait for that" in page) == (not late, bool(late))
    assert late in page
    house.stand.reporter = replace(house.stand.reporter, late="", last_resort="")
    _, page = await house.get(MINE, cookie=await house.a_session(where="/report/mine"))
    assert resort not in page


PROXY, HERS = (ip_network("127.0.0.0/8"),), "198.51.100.7"
GUESSED = {"/report/start": "code"}


@pytest_asyncio.fixture
async def house_reporters_let_in(company: Company) -> AsyncIterator[House]:
    """The pages before the handlers themselves."""
    async with a_house(company.database, trusted=PROXY, door=company.door) as opened:
        yield opened


async def post(house_reporters_let_in: House, path: str, address: str = HERS, **fields: str) -> tuple[int, str]:
    answer, page = await house_reporters_let_in.post(path, fields, x_forwarded_for=address)
    return answer.status, page


async def strangers(house_reporters_let_in: House, path: str) -> None:
    """As many guesses as all strangers together have in a minute, each of which is counted."""
    for number in range(RECEIPTS.all):
        told = {GUESSED[path]: f"guess {number}"}
        assert (await post(house_reporters_let_in, path, f"203.0.113.{number // RECEIPTS.one}", **told))[0] == 403
    assert (await post(house_reporters_let_in, path, "203.0.113.99", **{GUESSED[path]: "guess"}))[0] == 429


async def test_b7_a_good_link_leads_to_the_form_whatever_strangers_guess(
    house_reporters_let_in: House, company: Company
) -> None:
    await strangers(house_reporters_let_in, "/report/start")
    good = make_token(company.door.keys, "teams:anna", company.clock())
    status, page = await post(house_reporters_let_in, "/report/start", code=good)
    assert (status, "What happened?" in page) == (200, True)
    assert (await post(house_reporters_let_in, "/report/start", code=good))[
        0
    ] == 429  # which was used, and counts as a guess


async def test_p13_a_link_that_is_over_and_one_that_is_none_are_one_page(
    house_reporters_let_in: House, company: Company
) -> None:
    old = make_token(company.door.keys, "teams:anna", company.clock() - timedelta(hours=3))
    used = make_token(company.door.keys, "teams:anna", company.clock())
    assert (await post(house_reporters_let_in, "/report/start", code=used))[0] == 200
    found = {await post(house_reporters_let_in, "/report/start", code=one) for one in (old, used, "guess")}
    assert len(found) == 1
    assert LINKS.words not in str(found)

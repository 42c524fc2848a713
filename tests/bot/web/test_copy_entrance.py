"""Where customers come in: link and passcode together, one answer for whatever doesn't fit, and no guess keeps others out (P8)."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.web.copy_entrance import EVEN, NO_LINK, NO_PASSCODE, NOT_FIT
from bot.web.limits import PASSCODES
from handlers.customers import links
from handlers.customers.serving import NO_SESSION
from tests.bot.web.copy_house import HERE, CopyHouse, a_copy_house, plain
from tests.handlers.builders import Company, audit
from tests.handlers.customers.builders import Sent
from tests.handlers.customers.test_links import ENDS, other


@pytest_asyncio.fixture
async def house(company: Company) -> AsyncIterator[CopyHouse]:
    async with a_copy_house(company) as opened:
        yield opened


async def test_p8_link_and_passcode_open_the_page_with_a_cookie_for_it_alone(house: CopyHouse) -> None:
    one = await house.sent()
    answer, _ = await house.open(one)
    cookie = answer.headers["Set-Cookie"]
    assert (answer.status, answer.headers["Location"]) == (303, f"/copy/{one.link}")
    secret = re.findall(r"^copy=([^;]+);", cookie)[0]
    assert one.session_mark(secret) == (await one.row()).session
    assert re.fullmatch(rf"copy={secret}; HttpOnly; Path=/copy/{one.link}; SameSite=Strict", cookie)
    answer, page = await house.get(f"/copy/{one.link}", cookie=f"copy={secret}")
    assert answer.status == 200
    assert "Your recorded calls" in page
    assert one.code not in page


@pytest.mark.parametrize(
    "way", ["{here}/copy#{code}", "<{here}/copy#{code}>", "{code}", "  {code}\r\n", "{here}/copy#{code}."]
)
async def test_p8_a_link_is_taken_however_it_was_pasted(house: CopyHouse, way: str) -> None:
    one = await house.sent()
    answer, _ = await house.open(one, way.format(here=HERE, code=one.code))
    assert answer.status == 303


@pytest.mark.parametrize(
    "space", ["{0}{1}{2}{3}{4}{5}", "{0}{1}{2} {3}{4}{5}", "{0}-{1}-{2}-{3}-{4}-{5}", " {0}{1}{2}.{3}{4}{5} "]
)
async def test_p8_so_is_a_passcode(house: CopyHouse, space: str) -> None:
    one = await house.sent()
    assert (await house.open(one, passcode=space.format(*one.passcode)))[0].status == 303


@pytest.mark.parametrize("passcode", ["1", "1234567", "12345x", "a", " ", "١٢٣٤٥٦"])
async def test_p8_what_can_be_no_passcode_costs_no_try(house: CopyHouse, passcode: str) -> None:
    one = await house.sent()
    answer, page = await house.post("/copy/open", {"code": one.code, "passcode": passcode})
    assert (answer.status, NO_PASSCODE in page, one.code in page) == (422, True, True)
    answer, page = await house.post("/copy/open", {"code": "", "passcode": passcode})
    assert NO_LINK in page
    assert NO_PASSCODE in page
    assert ((await one.row()).tries, house.slept) == (0, [])


async def test_p8_a_fault_of_ours_tells_a_number_and_logs_no_secret(
    house: CopyHouse,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = await house.sent()
    monkeypatch.setattr(links.open_link, "do", lambda ctx, **_: 1 / 0)
    answer, page = await house.open(one)
    number = re.findall(r"on our side \((\w{8})\)", page)
    told = capsys.readouterr()
    logged = caplog.text + told.out + told.err
    assert (answer.status, number[0] in logged) == (500, True)
    for secret in (one.code, one.passcode, one.link):
        assert secret not in logged


OVER = "This link has expired"


async def _answers(house: CopyHouse, one: Sent) -> list[tuple[int, str]]:
    """What a stranger with the mail is told, and one without it."""
    told = [await house.open(one, passcode=other(one.passcode or "000000")), await house.open(one, "x" * 43, "123456")]
    return [(answer.status, plain(page)) for answer, page in told]


@pytest.mark.parametrize("way", [*ENDS, "locked", "no passcode yet", "live"])
async def test_p8_whatever_does_not_fit_is_one_answer_after_one_time(house: CopyHouse, way: str) -> None:
    one = await house.sent(passcode=way != "no passcode yet")
    if way == "locked":
        await one.to_state("locked")
    elif way in ENDS:
        await ENDS[way](one)
    mail, none = await _answers(house, one)
    assert mail == none
    assert none[0] == 403
    assert NOT_FIT in none[1]
    assert OVER not in none[1]
    assert house.slept == [EVEN, EVEN]


@pytest.mark.parametrize("way", ENDS)
async def test_p8_who_has_both_is_told_that_it_is_over(house: CopyHouse, way: str) -> None:
    one = await house.sent()
    await ENDS[way](one)
    answer, page = await house.open(one)
    assert (answer.status, OVER in page, "+61 2 8197 9000" in page) == (403, True, True)
    assert "Set-Cookie" not in answer.headers


async def test_p8_an_address_has_its_limit_and_who_has_both_comes_in_from_there(house: CopyHouse) -> None:
    one = await house.sent()
    for number in range(PASSCODES.one + 2):
        answer, page = await house.open(one, f"guess-{number:040d}", "123456")
    assert (answer.status, PASSCODES.words in page, answer.headers["Retry-After"]) == (429, True, "60")
    assert (await house.open(one))[0].status == 303
    house.seconds.now += PASSCODES.window
    assert (await house.open(one, "x" * 43, "123456"))[0].status == 403


async def test_p8_beyond_its_limit_a_wrong_passcode_still_counts_against_the_link(house: CopyHouse) -> None:
    """Else a caller over the limit could try all of them, and only the right one would be let in."""
    one = await house.sent()
    for number in range(PASSCODES.one):
        await house.open(one, f"guess-{number:040d}", "123456")
    for _ in range(5):
        assert (await house.open(one, passcode=other(one.passcode)))[0].status == 429
    assert (await one.row()).link == "locked"


@pytest.mark.parametrize("secret", ["", "guessed", "x" * 5000, "\\", "%00"])
async def test_p8_a_forged_cookie_opens_nothing_and_writes_nothing(house: CopyHouse, secret: str) -> None:
    one = await (await house.sent()).let_in()
    before = await audit(house.company)
    for path in ("", "/access", f"/{house.calls[0]}/audio", f"/{house.calls[0]}/download", f"/{house.calls[0]}/peaks"):
        answer, said = await house.get(f"/copy/{one.link}{path}", cookie=f"copy={secret}")
        assert (answer.status, NO_SESSION in said) == (403, True), path
    assert await audit(house.company) == before

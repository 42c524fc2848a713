"""Customers' pages: link and passcode together, one answer for whatever doesn't fit, and copies that are on record, resumed, and over the moment the link is (P8, P11, P12)."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import pytest_asyncio

from bot.measures import COPIES
from bot.web.copies import ON_THE_PAGE
from bot.web.copy_entrance import EVEN, NO_LINK, NO_PASSCODE, NOT_FIT
from bot.web.limits import PASSCODES
from handlers.customers import links
from handlers.customers.serving import NO_SESSION, NOT_YOURS, WHY
from storage.records import Recording
from tests.bot.web.copy_house import HERE, CopyHouse, a_copy_house, fetched, plain, where
from tests.bot.web.hourglass import Hourglass
from tests.bot.web.player import an_ear, sighting
from tests.handlers.builders import Company, audit
from tests.handlers.customers.builders import Sent
from tests.handlers.customers.test_links import ENDS, other
from tests.spoiling import said
from tests.stories.waiting import until


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
    one, before = await house.sent(), COPIES.labels("not_fitting")._value.get()
    for number in range(PASSCODES.one + 2):
        answer, page = await house.open(one, f"guess-{number:040d}", "123456")
    assert COPIES.labels("not_fitting")._value.get() - before == PASSCODES.one + 2
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


async def had(one: Sent) -> list[tuple[str, float, float]]:
    """What is on record."""
    return sorted((row.kind, round(row.start, 2), round(row.end, 2)) for row in await one.had())


async def test_p8_a_copy_is_the_file_as_recorded_and_on_record(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    path, cookie = where(one, house.calls[0], "download")
    answer, body = await house.raw("GET", path, cookie=cookie)
    assert (answer.status, body == house.sounds[0], answer.content_type) == (200, True, "audio/wav")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="call-1-2026-11-20-1400.wav"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "no-store" in answer.headers["Cache-Control"]
    assert await had(one) == [("downloaded", 0, 6)]
    assert (await one.row()).fetched_at is None
    path, _ = where(one, house.calls[1], "download")
    assert (await house.raw("GET", path, cookie=cookie))[1] == house.sounds[1]
    await until(lambda: fetched(one), "all of it was fetched")


async def test_p8_what_may_only_be_heard_has_no_address_to_download_from(house: CopyHouse) -> None:
    one = await (await house.sent(gives="listen")).let_in()
    _, page = await house.get(*where(one)[:1], cookie=where(one)[1])
    assert "download" not in page.lower().replace("can’t download", "").replace("nodownload", "")
    missing = await house.get("/copy/no/such/page/there", cookie=where(one)[1])
    path, cookie = where(one, house.calls[0], "download")
    answer, page = await house.get(path, cookie=cookie)
    assert (answer.status, page) == (404, missing[1])
    assert await had(one) == []


async def test_p11_what_is_heard_is_on_record_part_by_part(house: CopyHouse) -> None:
    one = await (await house.sent(gives="listen")).let_in()
    path, cookie = where(one, house.calls[0], "audio")
    answer, body = await house.raw("GET", path, cookie=cookie, range="bytes=48000-")
    assert (answer.status, body == house.sounds[0][48_000:]) == (206, True)
    assert answer.headers["Content-Disposition"] == "inline"
    assert await had(one) == [("played", 3, 6)]
    answer, said = await house.get(path, cookie=cookie, sec_fetch_dest="document")
    assert (answer.status, ON_THE_PAGE in said) == (403, True)


async def test_p12_a_call_is_heard_once_the_page_came_to_its_end_and_all_had_left(house: CopyHouse) -> None:
    one = await (await house.sent(gives="listen", calls=house.calls[:1])).let_in()
    path, cookie = where(one, house.calls[0], "audio")
    ended, _ = where(one, house.calls[0], "heard")
    await house.raw("GET", path, cookie=cookie, range="bytes=48000-")
    assert (await house.post(ended, b"{}", cookie=cookie))[0].status == 200
    assert not await fetched(one)
    await house.raw("GET", path, cookie=cookie)
    await house.post(ended, b"{}", cookie=cookie)
    assert await fetched(one)


@pytest.mark.parametrize("last", ["audio", "download", "peaks"])
@pytest.mark.parametrize("number", ["0", "999", "x", "-1", "1" * 30, "٣", "%00", "1.5"])
async def test_p8_another_call_is_none_of_theirs(house: CopyHouse, last: str, number: str) -> None:
    one = await (await house.sent(calls=house.calls[:1])).let_in()
    other = await (await house.sent(request="C-SECOND22", calls=house.calls[1:])).let_in()
    for call in (number, house.company.calls[0], house.calls[1]):
        path, cookie = where(one, call, last)
        answer, said = await house.get(path, cookie=cookie)
        assert (answer.status, NOT_YOURS in said) == (403, True)
    path, _ = where(other, house.calls[1], last)
    assert (await house.get(path, cookie=where(one)[1]))[0].status == 403
    assert await had(one) == await had(other) == []


async def test_p8_a_file_that_changed_is_not_given(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    house.recorder.keep(sighting("call-4", 6.0), b"other audio")
    for parts in ((house.calls[0], "download"), (house.calls[0], "audio")):
        path, cookie = where(one, *parts)
        answer, page = await house.get(path, cookie=cookie)
        assert (answer.status, "Please try again in a minute." in page) == (503, True)
    assert house.met_changed == ["call-4"] * 2  # the register looks at it again
    assert await had(one) == []


async def test_p12_an_erased_call_is_shown_without_player_or_download(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    for call in house.calls:
        await one.become((Recording, call), state="erased")
    answer, page = await house.get(where(one)[0], cookie=where(one)[1])
    assert (answer.status, page.count(WHY["erased"])) == (200, 2)
    assert "<audio" not in page
    assert "<script" not in page
    assert "/download" not in page


async def test_p8_a_download_continues_where_it_broke_off(house: CopyHouse) -> None:
    one = await (await house.sent(calls=house.calls[:1])).let_in()
    path, cookie = where(one, house.calls[0], "download")
    answer, first = await house.raw("GET", path, cookie=cookie, range="bytes=0-49999")
    assert (answer.status, len(first), answer.headers["Content-Range"]) == (206, 50_000, "bytes 0-49999/96044")
    assert (await one.row()).fetched_at is None
    answer, rest = await house.raw("GET", path, cookie=cookie, range="bytes=50000-", if_range=answer.headers["ETag"])
    assert (answer.status, first + rest == house.sounds[0]) == (206, True)
    assert await had(one) == [("downloaded", 0, 3.12), ("downloaded", 3.12, 6)]
    await until(lambda: fetched(one), "all of it was fetched")
    details = [entry[4] for entry in await audit(house.company, one.request) if entry[1] == "customer.downloaded"]
    assert [(detail["from_ms"], detail["to_ms"]) for detail in details] == [(0, 3124), (3124, 6000)]


LONG = 16_000_000  # bytes: more than any buffer on their way takes


class _Long:
    """Audio of zeroes, made as it is read, a step at a time."""

    def __init__(self, size: int, stamp: str) -> None:
        self.size, self.stamp, self.media_type = size, stamp, "audio/wav"

    async def read(self, start: int, end: int) -> bytes:
        await asyncio.sleep(0)
        return bytes(end - start)


@pytest_asyncio.fixture
async def long(company: Company, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[CopyHouse, Hourglass]]:
    """A house in which one call is very long, and seconds pass only when a test says so."""
    glass = Hourglass()
    async with a_copy_house(company, seconds=(6.0,), pace=glass.pace) as opened:
        recorded = opened.recorder.audio

        async def audio(native_id: str) -> _Long:
            return _Long(LONG, (await recorded(native_id)).stamp)

        monkeypatch.setattr(opened.recorder, "audio", audio)
        yield opened, glass


async def waits(glass: Hourglass, number: int = 1) -> None:
    """Until so many sleep: each stream has a watch that does, and what has to wait for its pace does."""
    await until(lambda: len(glass._sleepers) >= number, f"{number} asleep")


# P5, P7, P12: what takes a call out of its customer's reach, as the register has it then.
OUT_OF_REACH: Mapping[str, Callable[[CopyHouse], Mapping[str, object]]] = {
    "erased": lambda house: {"erase_at": house.company.clock.now},
    "declined": lambda _: {"state": "declined"},
    "gone": lambda _: {"state": "gone"},
}


@pytest.mark.parametrize("last", ["audio", "download"])
@pytest.mark.parametrize("way", OUT_OF_REACH)
async def test_p8_a_call_that_is_out_of_reach_stops_in_the_middle(
    long: tuple[CopyHouse, Hourglass], way: str, last: str
) -> None:
    house, glass = long
    one = await (await house.sent()).let_in()
    path, cookie = where(one, house.calls[0], last)
    async with an_ear(house.port, path, cookie, idle=True) as ear:
        await waits(glass)
        await one.change((Recording, house.calls[0]), **OUT_OF_REACH[way](house))
        await glass.pass_(1.0)
        ear.listen()
        assert await ear.ended() == "reset"


@pytest.mark.by_hand
async def test_p8_an_open_page_gives_nothing_more_once_a_row_was_changed_by_hand(house: CopyHouse) -> None:
    one = await (await house.sent(calls=house.calls[:1])).let_in()
    path, cookie = where(one, house.calls[0], "audio")
    assert (await house.raw("GET", path, cookie=cookie))[0].status == 200
    moved = f"UPDATE requested_recordings SET recording_id = {house.calls[1]} WHERE request_id = '{one.request}'"
    await house.company.database.write(said(moved))
    for parts in ([house.calls[1], "audio"], [house.calls[1], "download"], ["access"], [house.calls[1], "peaks"]):
        path, _ = where(one, *parts)
        assert (await house.raw("GET", path, cookie=cookie))[0].status == 403, path

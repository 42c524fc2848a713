"""P13: a link opens on a press and once, and a handler works on the page by plain forms."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
import pytest_asyncio

from handlers import recordings
from handlers.acting import CLOCK, Intent
from handlers.breach import steps
from handlers.breach.state import PART
from handlers.breach.steps import gather_calls
from storage.database.store import Database
from tests.bot.web.player import sighting
from tests.bot.web.report_house import House, a_house
from tests.each import each
from tests.handlers.builders import call

REPORT = "B-7F3KQ2XM"
PAGE = f"/report/handle/{REPORT}"


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with a_house(database) as opened:
        yield opened


async def test_p13_the_shell_opens_nothing_and_a_scanner_that_loads_it_burns_nothing(house: House) -> None:
    code = await house.a_code()
    for method in ("GET", "HEAD", "GET"):
        answer, page = await house.ask(method, "/report/handle", b"")
        assert (answer.status, answer.headers.get("Set-Cookie")) == (200, None)
        assert code not in page
    answer, _ = await house.post("/report/handle/open", {"code": code})
    assert (answer.status, answer.headers["Location"]) == (303, PAGE)


async def test_p13_the_session_is_a_cookie_of_this_report_alone(house: House) -> None:
    answer, _ = await house.post("/report/handle/open", {"code": await house.a_code()})
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    assert name == "report"
    assert rest.partition("; ")[2] == f"HttpOnly; Path={PAGE}; SameSite=Strict"


async def test_p13_a_second_use_of_a_link_ends_the_session(house: House) -> None:
    code = await house.a_code()
    answer, _ = await house.post("/report/handle/open", {"code": code})
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert (await house.get(PAGE, cookie=cookie))[0].status == 200
    answer, _ = await house.post("/report/handle/open", {"code": code})
    assert (answer.status, answer.headers.get("Set-Cookie")) == (403, None)
    assert (await house.get(PAGE, cookie=cookie))[0].status == 403


async def test_p13_a_wrong_a_foreign_and_an_ended_one_are_the_same_byte_for_byte(house: House) -> None:
    cookie = await house.a_session()
    other = await house.a_session("B-22222222")
    ended = await house.a_session("B-33333333")
    house.stand.sessions[ended.partition("=")[2]] = "over B-33333333"
    asked = (
        (PAGE, ""), (PAGE, "report=none"), (PAGE, other), ("/report/handle/B-99999999", cookie), ("/report/handle/x%0d%0ay", cookie),
        ("/report/handle/B-33333333", ended), ("/report/handle/B-22222222", cookie), (f"{PAGE}/audio/kept-1", other),
    )  # fmt: skip
    found = [await house.get(path, cookie=sent) for path, sent in asked]
    assert {answer.status for answer, _ in found} == {403}
    assert len({page for _, page in found}) == 1
    assert len({tuple(sorted((k, v) for k, v in answer.headers.items() if k != "Date")) for answer, _ in found}) == 1


async def test_p13_what_a_reader_may_not_do_is_not_offered(house: House) -> None:
    house.stand.view = replace(house.stand.view, may=frozenset())
    _, page = await house.get(PAGE, cookie=await house.a_session())
    for action in ("acknowledge", "ask", "note", "accuse", "step", "gather", "keep", "outcome", "close"):
        assert f'action="{PAGE}/{action}"' not in page, action


ACTS: dict[str, tuple[dict[str, str], Callable[..., Intent[None]], tuple[object, ...]]] = {
    "acknowledge": ({}, steps.acknowledge_report, ()),
    "ask": ({"words": "Who?"}, steps.ask_reporter, ("Who?",)),
    "note": ({"words": "Seen."}, steps.write_note, ("Seen.",)),
    "accuse": (
        {"person": "x@y.example", "words": "He was there."},
        steps.accuse_person,
        ("x@y.example", "He was there."),
    ),
    "step": ({"number": "2", "taken": "yes"}, lambda *told: steps.take_step(*told, done=True), (2,)),
    "gather": ({"words": "CS-10442"}, gather_calls, ("CS-10442",)),
    "ask-to-hear": ({"name": "kept-1"}, steps.ask_to_hear, ("kept-1",)),
    "decide-hearing": (
        {"name": "kept-1", "asker": "7", "allowed": "no"},
        lambda *told: steps.decide_hearing(*told, allowed=False),
        ("kept-1", 7),
    ),
    "outcome": ({"reference": "CoC-7", "words": "Closed."}, steps.write_outcome, ("CoC-7", "Closed.")),
    "close": ({"words": "Thank you."}, steps.close_report, ("Thank you.",)),
}


@pytest.mark.parametrize("action", ACTS)
async def test_p13_each_form_does_its_act_and_leads_back(house: House, action: str) -> None:
    fields, kind, told = ACTS[action]
    cookie = await house.a_session()
    answer, _ = await house.post(f"{PAGE}/{action}", fields, cookie=cookie)
    assert (answer.status, answer.headers["Location"].partition("#")[0]) == (303, PAGE)
    assert house.stand.done == [kind(REPORT, cookie.partition("=")[2], *told)]


@each("action", ["ask", "note", "accuse", "gather", "outcome", "close"])
async def test_p13_a_field_that_is_empty_or_too_long_is_named_and_keeps_its_words(house: House, action: str) -> None:
    fields, cookie = ACTS[action][0], await house.a_session()
    answer, page = await house.post(f"{PAGE}/{action}", {**fields, "words": " "}, cookie=cookie)
    assert answer.status == 422
    assert f'<a href="#{action}-words">' in page and f'id="{action}-words-wrong"' in page
    answer, page = await house.post(f"{PAGE}/{action}", {**fields, "words": "z" * 3001}, cookie=cookie)
    assert (answer.status, "z" * 3001 in page) == (422, True)
    assert house.stand.done == []


async def test_p13_a_refusal_is_at_the_top_with_what_was_typed(house: House) -> None:
    cookie = await house.a_session()
    house.stand.refuse = "The other handler closes it as well."
    answer, page = await house.post(f"{PAGE}/close", {"words": "Thank you."}, cookie=cookie)
    assert (answer.status, house.stand.refuse in page, "Thank you.</textarea>" in page) == (422, True, True)


async def registered(house: House, audio: bytes) -> int:
    """A call in the register and in the call recording system."""
    house.recorder.keep(sighting("call-7", 10.0), audio)
    stamp = (await house.recorder.audio("call-7")).stamp
    await house.door.enter(
        recordings.register_calls("file", [call(7, native_id="call-7", stamp=stamp, size=len(audio))], ()), CLOCK
    )
    return 1


async def test_p13_keep_copies_the_audio_part_by_part(house: House) -> None:
    audio = (bytes(range(256)) * 8192)[: 2 * PART] + b"end"
    number, cookie = await registered(house, audio), await house.a_session()
    answer, _ = await house.post(f"{PAGE}/keep", {"recording": number}, cookie=cookie)
    assert answer.status == 303
    assert [len(data) for _, data in sorted(house.stand.kept.items())] == [PART, PART, 3]
    assert b"".join(data for _, data in sorted(house.stand.kept.items())) == audio
    [kept] = house.stand.done
    assert kept.handler is steps.finish_copy
    given = {"recording": number, "parts": 3, "size": len(audio), "media_type": "audio/wav"}
    assert given.items() <= kept.given.items()

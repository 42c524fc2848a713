"""P10: a month is drawn, its file is checked from outside, and a drawn call is heard and reviewed."""

import asyncio
import re
from asyncio.subprocess import PIPE, STDOUT
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from handlers.random_review.cards import PATH
from storage.tables.reviews import Draw
from tests.stories.at_moment import program
from tests.stories.errands import card, done, ears
from tests.stories.house import MILES, QUINN, House, another_call
from tests.stories.somebody import Seen
from tests.stories.waiting import until

pytestmark = pytest.mark.story
REVIEW = re.compile(r"RV-[2-9A-HJ-NP-Z]{8}")
REVIEWERS = (QUINN, MILES)


async def _frozen(house: House) -> str:
    """The next first working day, which no one knows of yet; of a draw in the first days of this month they do."""
    await house.steward.register.sync()
    at = await house.steward.database.read(
        lambda store: store.deadlines.coming("random_review.freeze", "random_review")
    )
    assert at is not None
    while at - house.clock.now() > timedelta(days=20):
        await _until(house, house.clock.now() + timedelta(hours=6))
    await _until(house, at)
    [draw] = await house.steward.database.read(lambda store: store.matters.open(Draw))
    assert not _cards(house, draw.id)
    return draw.id


def _cards(house: House, draw: str) -> list[str]:
    """Reviewers who have the card of a draw."""
    return [uid for uid in REVIEWERS if house.somebody(uid).cards(draw)]


async def _until(house: House, at: datetime) -> None:
    house.clock.move(at.astimezone(UTC))
    await house.steward.tick()
    await house.settled()


async def test_p10_drawn_checked_heard_and_reviewed(house: House, tmp_path: Path) -> None:
    # Of just now: on the first of a month there would be no call yet to be drawn with the next.
    another_call(tmp_path / "calls", "just-now", house.clock.now() - timedelta(hours=1))
    draw = await _frozen(house)
    house.beacon.fault = "forged"
    await _until(house, house.clock.now() + timedelta(minutes=10, seconds=4))
    assert not _cards(house, draw)
    house.beacon.fault = ""
    await _until_drawn(house, draw)
    assert "The calls can be heard until " in card(house, QUINN, draw).words
    await _checked(house, draw, tmp_path)
    await _reviewed(house, draw)


async def _until_drawn(house: House, draw: str) -> None:
    """The forged round was not taken, and another try comes half a minute later."""
    house.steward.ticks._work["random review"].__self__._setbacks._failed.clear()  # type: ignore[attr-defined]
    await _until(house, house.clock.now() + timedelta(minutes=1))
    for _ in range(24):  # each hears of it in working hours, in Sydney and in London
        if _cards(house, draw) != [*REVIEWERS]:
            await _until(house, house.clock.now() + timedelta(hours=1))
    assert _cards(house, draw) == [*REVIEWERS], f"the card of {draw}"
    await _until(house, house.clock.now() + timedelta(seconds=20))  # with the next tick the calls can be heard


async def _checked(house: House, draw: str, folder: Path) -> None:
    """Anyone fetches the file and checks it by its recipe, on a machine that has nothing else."""
    url = f"{house.url}{PATH}/{draw}.json"
    async with ClientSession() as http, http.get(url) as answer:
        assert (answer.status, answer.content_type) == (200, "application/json")
        text = await answer.read()
    changed = text.replace(b'"minimum": 5', b'"minimum": 4')
    for name, content, code in (("file.json", text, 0), ("changed.json", changed, 1)):
        (folder / name).write_bytes(content)
        run = await asyncio.create_subprocess_exec(
            *program(), "sample", "verify", name, cwd=folder, env={"PATH": ""}, stdout=PIPE, stderr=STDOUT
        )
        told, _ = await run.communicate()
        assert run.returncode == code, told


async def _reviewed(house: House, draw: str) -> None:
    """A reviewer hears a drawn call, and says what was good and what training it suggests."""
    uid = next(one for one in REVIEWERS if "To review" in card(house, one, draw).words)
    opened = await _details(house, uid, draw)
    [review] = REVIEW.findall(opened.words)
    assert "To use it against someone, you need a separate approval (P9)." in opened.words
    async with ears(house, review, uid, seen=opened) as ears_:
        [recording] = [one["id"] for one in (await ears_.told("access"))["recordings"]]
        async with ears_.get(f"{recording}/audio") as sound:
            assert sound.status == 200
            await sound.read()
        assert (await ears_.heard(recording, 0.0, 5.0))[0] == 200
    opened = await _details(house, uid, draw)
    assert review in opened.words
    me = house.on_slack(uid)
    form = await me.open(opened, "Review this call", "What was good?")
    answers = {"What was good?": "Clear.", "What training does it suggest?": "None."}
    if "Were they told at the start" in form.words:
        answers["Were they told at the start that the call is recorded?"] = "no"
    await me.fill(answers)
    await house.settled()
    assert await done(house, review) == ["random_review.give", "listening.code", "random_review.review"]


async def _details(house: House, uid: str, draw: str) -> Seen:
    """The card of the first drawn call, by its row on the card of the draw."""
    me, seen = house.somebody(uid), card(house, uid, draw)
    await me.press(seen, "Details")
    await until(lambda: REVIEW.search(me.front().words), f"the card of a call of {draw}")
    return me.front()

"""P7: what was approved is a call and not a name; another call under the same name is heard by nobody."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.stories.errands import Ears, ask, card, done, ears, press
from tests.stories.house import ANNA, HELENA, TARA, House
from tests.stories.waiting import until

pytestmark = pytest.mark.story
OTHER = bytes(reversed(range(256))) * 63 * 20


@pytest.fixture
def house(anywhere: House) -> House:
    return anywhere


def folder(house: House) -> Path:
    return Path(house.steward.settings.recordings_url.removeprefix("file://"))


async def call_of(house: House, anna: Ears) -> tuple[str, Path]:
    """The recording that Anna may hear, and its file."""
    [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
    found = await house.steward.database.read(lambda store: store.recordings.get(int(recording)))
    assert found is not None
    return recording, folder(house) / found.native_id


def write_another_call(audio: Path, **told: Any) -> None:
    """As long as the one before and as old, written over it; only the sound is another one, and what else is `told`."""
    before, content = audio.stat(), audio.read_bytes()
    audio.write_bytes(content[:44] + OTHER)
    os.utime(audio, ns=(before.st_atime_ns, before.st_mtime_ns))
    if told:
        beside = audio.with_suffix(".json")
        beside.write_text(json.dumps(json.loads(beside.read_text()) | told))


async def approved(house: House) -> str:
    request = await ask(house)
    await press(house, TARA, request, "Approve")
    return request


async def test_b2_another_call_under_an_approved_name_is_not_heard(house: House) -> None:
    """The grant ends, everybody is told, and the requester may ask again."""
    request = await approved(house)
    async with ears(house, request) as anna:
        recording, audio = await call_of(house, anna)
        assert await anna.status(f"{recording}/audio") == 200
        write_another_call(audio)
        async with anna.get(f"{recording}/audio") as answer:
            assert answer.status == 503
            assert b"is being looked at again" in await answer.read()
        await until(lambda: _refused(anna), "the grant ends without waiting for the clock")
        assert "no longer the call that was approved" in (await anna.told("access"))["sentence"]
    await house.settled()
    assert "access.call_changed" in await done(house, request)
    assert "Ask again" in house.somebody(ANNA).cards(request)[0].buttons
    for uid in (ANNA, TARA, HELENA):
        assert any("is no longer" in one and request in one for one in house.somebody(uid).news()), uid


async def _refused(anna: Ears) -> bool:
    return await anna.status("access") == 403


@pytest.mark.soak
async def test_b2_a_call_that_changes_between_card_and_approve_is_looked_at_again(house: House) -> None:
    request = await ask(house)
    before = card(house, TARA, request)
    [named] = await house.steward.database.read(lambda store: store.recordings.of_request(request))
    write_another_call(folder(house) / named.native_id, caller="+61 412 999 999")
    await house.steward.tick()
    await house.settled()
    assert "changed" in card(house, TARA, request).words
    await house.somebody(TARA).press(before, "Approve")
    await house.settled()
    assert "access.approve" not in await done(house, request)
    await press(house, TARA, request, "Approve")
    assert "access.approve" in await done(house, request)


@pytest.mark.soak
async def test_b2_a_copy_of_the_same_call_ends_nothing(house: House) -> None:
    """A folder may be moved, restored or touched: what counts is what can be heard."""
    request = await approved(house)
    async with ears(house, request) as anna:
        recording, audio = await call_of(house, anna)
        await until(lambda: _identified(house, recording), "the call is known by its content")
        copy = audio.with_name(".copy")
        copy.write_bytes(audio.read_bytes())
        copy.replace(audio)
        await house.steward.tick()
        assert await anna.status(f"{recording}/audio") == 200


async def _identified(house: House, recording: str) -> bool:
    found = await house.steward.database.read(lambda store: store.recordings.get(int(recording)))
    return bool(found and found.identity)


@pytest.mark.soak
async def test_b2_a_hard_link_is_no_call(house: House) -> None:
    request = await approved(house)
    async with ears(house, request) as anna:
        recording, audio = await call_of(house, anna)
        audio.with_name("elsewhere").hardlink_to(audio)
        assert await anna.status(f"{recording}/audio") in (404, 503)
        await house.steward.tick()
        assert await anna.status(f"{recording}/audio") == 404

"""Odd requests to the listening page, a thousand of them: no way in without the cookie, and none 5xx."""

from __future__ import annotations

import logging
from collections import Counter
from random import Random
from typing import Any

import pytest
from structlog.testing import capture_logs
from yarl import URL

from tests.stories.errands import Ears, ask, ears, press
from tests.stories.forging import odd_listening
from tests.stories.house import TARA, House

pytestmark = pytest.mark.story
LISTENED = 1000


async def test_p7_no_odd_request_to_the_listening_page_is_a_fault_or_a_way_in(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    request = await ask(house)
    await press(house, TARA, request, "Approve")
    random, found = Random(13), Counter[int]()
    async with ears(house, request) as anna:
        [recording] = [one["id"] for one in (await anna.told("access"))["recordings"]]
        with capture_logs() as lines:
            for _ in range(LISTENED):
                method, tail, more = odd_listening(anna, recording, random)
                async with anna.http.request(method, URL(house.url + tail, encoded=True), **more) as answer:
                    found[answer.status] += 1
                    assert answer.status < 500, (method, tail, more)
                    assert answer.status not in (200, 206) or is_a_page(tail) or genuine(anna, more), (tail, more)
                    assert b"Traceback" not in await answer.read()
        assert await anna.status("access") == 200
    assert set(found) >= {200, 206, 403, 404, 405, 416}, found
    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


def is_a_page(tail: str) -> bool:
    """The empty page and what it is drawn with hold nothing of anybody's."""
    return len(tail.strip("/").split("/")) < 3 or tail.startswith("/listen/assets/")


def genuine(anna: Ears, more: dict[str, Any]) -> bool:
    return anna.cookie in str(more["headers"])

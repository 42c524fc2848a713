"""The demo obeys the person at this machine, by its page or by a program, and no page of another site."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar

from tests.moments import moment
from tests.stories.browser import the_demo

pytestmark = pytest.mark.story
SAY = "/rehearsal/api/people/U0ANNAQUILL/say", {"channel": "C0GENERAL", "text": "Hello"}
MOOD = "/rehearsal/api/faults", {"mode": "ok"}
OTHERS = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:1"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Host": "rebound.example"},
    {"Host": "rebound.example:3000", "Origin": "http://rebound.example:3000"},
    {"Host": "localhost.evil.example"},
    {"Host": "["},
]


def later() -> tuple[str, dict[str, str]]:
    """What moves the demo's clock on by an hour."""
    return "/rehearsal/clock", {"now": (moment() + timedelta(hours=1)).isoformat()}


async def posted(url: str, told: tuple[str, dict[str, str]], **headers: str) -> int:
    path, body = told
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        async with http.post(url + path, json=body, headers=headers) as answer:
            return answer.status


async def test_only_its_page_and_a_program_move_its_clock_and_speak_as_a_person(tmp_path: Path) -> None:
    async with the_demo(tmp_path) as demo:
        for headers in OTHERS:
            assert [await posted(demo, told, **headers) for told in (later(), SAY, MOOD)] == [403, 403, 403], headers
        async with ClientSession() as http:
            async with http.get(f"{demo}/rehearsal/api/state", headers={"Host": "rebound.example"}) as answer:
                assert answer.status == 403
            async with http.get(demo) as page:
                assert (page.status, page.headers["X-Frame-Options"]) == (200, "DENY")
        here = f"127.0.0.1:{demo.rpartition(':')[2]}"
        for headers in ({}, {"Origin": demo}, {"Origin": f"http://{here}", "Host": here}):
            assert [await posted(demo, told, **headers) for told in (later(), SAY)] == [200, 200]

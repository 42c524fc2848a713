"""The demo obeys whoever sits at this machine, by its page or by a program, and no page of another site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, DummyCookieJar

from tests.stories.browser import the_demo
from tests.stories.house import free_port

pytestmark = pytest.mark.story
CLOCK = "/rehearsal/clock", {"now": (datetime.now(UTC) + timedelta(days=38)).isoformat()}
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder: Path = tmp_path_factory.mktemp("demo")
    async with the_demo(folder) as url:
        yield url


async def posted(url: str, told: tuple[str, dict[str, str]], **headers: str) -> int:
    path, body = told
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        async with http.post(url + path, json=body, headers=headers) as answer:
            return answer.status


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("headers", OTHERS, ids=str)
async def test_another_site_moves_no_clock_and_speaks_as_nobody(demo: str, headers: dict[str, str]) -> None:
    assert [await posted(demo, told, **headers) for told in (CLOCK, SAY, MOOD)] == [403, 403, 403]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_name_that_leads_to_this_machine_reads_nothing_either(demo: str) -> None:
    async with ClientSession() as http:
        async with http.get(f"{demo}/rehearsal/api/state", headers={"Host": "rebound.example"}) as answer:
            assert answer.status == 403
        async with http.get(demo) as page:
            assert (page.status, page.headers["X-Frame-Options"]) == (200, "DENY")


@pytest.mark.asyncio(loop_scope="module")
async def test_the_page_and_a_program_may(demo: str) -> None:
    port = demo.rpartition(":")[2]
    for headers in ({}, {"Origin": demo}, {"Origin": f"http://127.0.0.1:{port}", "Host": f"127.0.0.1:{port}"}):
        assert [await posted(demo, told, **headers) for told in (CLOCK, SAY)] == [200, 200]


async def test_the_demo_counts_where_its_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("METRICS_PORT", str(port))
    async with the_demo(tmp_path), ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        assert "steward_ready" in await answer.text()

"""Metrics, and what is answered before it is known whether the database was restored."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.app import Steward
from bot.proof import restoring
from bot.serving import serve_metrics
from bot.settings.config import Given, read_policy
from bot.web.health import Metrics
from storage.database.store import Database
from tests.bot.web.ready import Parts, readiness
from tests.bot.web.serving import served
from tests.clocks import Seconds
from tests.keys import KEY
from tests.stories.waiting import until

ROOT = Path(__file__).parents[3]


async def _told(metrics: Metrics) -> str:
    """What a monitoring system reads."""
    runner = await serve_metrics(metrics, "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/metrics"
        async with asyncio.timeout(9.0), ClientSession() as http, http.get(url) as answer:
            assert answer.status == 200
            return await answer.text()
    finally:
        await runner.cleanup()


async def test_it_is_answered_there(database: Database) -> None:
    assert "steward_outbox_queued 0.0" in await _told(Metrics(database, readiness(database)))


async def test_a3_of_a_silent_database_nothing_is_counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer was as late as the database."""
    parts = Parts()

    async def silent(*_: object) -> None:
        parts.seconds.now += 9.0
        await asyncio.Event().wait()

    monkeypatch.setattr(database, "read", silent)
    told = await _told(Metrics(database, readiness(database, parts)))
    assert "steward_oldest_due_effect_seconds NaN" in told
    assert "steward_ready 0.0" in told


async def test_a2_of_each_part_of_the_clocks_work_it_tells_since_when_it_was_not_done(
    database: Database, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that hung went unnoticed as long as deadlines were met."""
    found = Given.model_validate(
        {"database_url": sqlite_url, "recordings_url": f"file://{tmp_path}", "secret_key": KEY}
    )
    steward, seconds = Steward(found, read_policy(ROOT / "policy.yaml")), Seconds()
    steward.build()
    ages = {"recordings": 12.0, "erasures": 4000.0}
    monkeypatch.setattr(steward.ticks, "_succeeded_at", {name: -ages.get(name, 1.0) for name in steward.ticks.ages()})
    monkeypatch.setattr(steward.ticks, "seconds", seconds)
    told = await _told(Metrics(database, steward.readiness))
    await steward.stop()
    for name in steward.ticks.ages():
        assert f'steward_part_seconds{{part="{name}"}} {ages.get(name, 1.0)}' in told


async def test_p12_a_journal_that_is_away_at_the_start_keeps_everyone_out_until_it_is_back(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "AGAIN", 0.05)
    found = Given.model_validate({
        "database_url": sqlite_url, "recordings_url": f"file://{tmp_path}", "secret_key": KEY, "slack_api_url": "http://127.0.0.1:9/",
        "journal_url": f"file://{tmp_path / 'journal'}", "slack_bot_token": "xoxb-1",
        "slack_signing_secret": "0123456789abcdef0123456789abcdef",
    })  # fmt: skip
    steward = Steward(found, read_policy(ROOT / "policy.yaml"))
    async with served(steward.build()) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
        await steward.open()
        await steward.begin()
        for method, path in (("GET", "/listen"), ("GET", "/listen/G-1/1/audio"), ("POST", "/slack/events")):
            async with http.request(method, path) as answer:
                assert answer.status == 503, path
        async with http.get("/readyz") as answer:
            reasons = (await answer.json())["reasons"]
            assert (answer.status, "Check JOURNAL_URL" in reasons["journal_away"]) == (503, True)
        for path in ("/healthz", "/policy"):
            async with http.get(path) as answer:
                assert answer.status == 200
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"], "people search the policy by a form"
        (tmp_path / "journal").mkdir()
        await until(lambda: not steward.restoring.state, "the journal is back")
        async with http.get("/listen") as answer:
            assert answer.status == 200
        await until(lambda: steward._clock is not None, "work begins")
        await steward.stop()
    assert "head" in (tmp_path / "journal" / "journal.jsonl").read_text()

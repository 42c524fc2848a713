"""P12: while nobody can say whether the database was restored, the program answers how it is, and lets nobody in."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.app import Steward
from bot.proof import restoring
from bot.settings.config import Given, policy
from tests.bot.web.test_outside import ROOT, served
from tests.keys import KEY
from tests.stories.waiting import until


async def test_p12_a_journal_that_is_away_at_the_start_keeps_everybody_out_until_it_is_back(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "AGAIN", 0.05)
    found = Given.model_validate({
        "database_url": sqlite_url, "recordings_url": f"file://{tmp_path}", "secret_key": KEY, "slack_api_url": "http://127.0.0.1:9/",
        "journal_url": f"file://{tmp_path / 'journal'}", "slack_bot_token": "xoxb-1",
        "slack_signing_secret": "0123456789abcdef0123456789abcdef",
    })  # fmt: skip
    steward = Steward(found, policy(ROOT / "policy.yaml"))
    async with served(steward.build()) as site, ClientSession() as http:
        await steward.open()
        await steward.begin()
        for method, path in (("GET", "/listen"), ("GET", "/listen/G-1/1/audio"), ("POST", "/slack/events")):
            async with http.request(method, site + path) as answer:
                assert answer.status == 503, path
        async with http.get(f"{site}/readyz") as answer:
            reasons = (await answer.json())["reasons"]
            assert (answer.status, "Look at JOURNAL_URL" in reasons["journal_away"]) == (503, True)
        for path in ("/healthz", "/policy"):
            async with http.get(site + path) as answer:
                assert answer.status == 200
        (tmp_path / "journal").mkdir()
        await until(lambda: not steward.restoring.state, "the journal is back")
        async with http.get(f"{site}/listen") as answer:
            assert answer.status == 200
        await until(lambda: steward._clock is not None, "work begins")
        await steward.stop()
    assert "head" in (tmp_path / "journal" / "journal.jsonl").read_text()

"""`recording-steward check`: every setting, scope, role, recorder and database is tried, one line each."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from aiohttp import web

from bot.rehearsal.clock import MovableClock
from bot.rehearsal.slack import routes
from tests.keys import KEY
from tests.stories.at_moment import program
from tests.stories.house import ROOT, SECRET, TOKEN, company, free_port, sample_calls, served

pytestmark = pytest.mark.story


async def checked(folder: Path, words: Sequence[str], changed: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run `words… check` beside a stand-in workspace, as a shell does; its exit code and what it printed."""
    port, clock, app = free_port(), MovableClock(), web.Application()
    sample_calls(folder / "calls", clock.now())
    app.add_routes(routes(company(port, clock.now)))
    settings = {
        "SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": f"http://127.0.0.1:{port}/rehearsal/slack/api/", "DATABASE_URL": f"sqlite:///{folder / 's.db'}",
        "RECORDINGS_URL": f"file://{folder / 'calls'}", "POLICY_FILE": str(ROOT / "policy.yaml"),
        "SECRET_KEY": KEY, **(changed or {}),
    }  # fmt: skip
    async with served(app, port):
        process = await asyncio.create_subprocess_exec(
            *words, "check", cwd=folder, env={**os.environ, **settings}, stdout=-1, stderr=-2
        )
        try:
            printed, _ = await asyncio.wait_for(process.communicate(), 120)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return process.returncode or 0, printed.decode()


async def test_all_is_well_but_for_a_reviewer_who_cannot_be_reached(tmp_path: Path) -> None:
    rules = (ROOT / "policy.yaml").read_text("utf-8").replace("holders: [", "holders: [nobody.here@fernhill.example, ")
    (tmp_path / "policy.yaml").write_text(rules, "utf-8")
    code, printed = await checked(tmp_path, program(), {"POLICY_FILE": "policy.yaml"})
    failed = [line for line in printed.splitlines() if line.startswith("FAIL")]
    assert (code, len(failed), "Traceback" in printed) == (1, 1, False), printed
    assert "I can't reach nobody.here@fernhill.example" in failed[0]
    for words in (
        "database", "recorder", "scope users:read.email", "role team_leader", "Tara Lindqvist",
        ", deputy of the Customer Success Specialist Team Leader",
        "note  beacon                  no valid round: it didn't answer. Check BEACON_URL",
        "note  mail                    mail is off: I can't send customers their copies. Set SMTP_URL and MAIL_FROM.",
    ):  # fmt: skip
        assert words in printed

"""`recording-steward check`: every setting, scope, role, recorder and database is tried, one line each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from aiohttp import web

from bot.rehearsal.clock import MovableClock
from bot.rehearsal.slack import routes
from tests.keys import KEY
from tests.stories import at_moment
from tests.stories.forked import said
from tests.stories.house import ROOT, company, free_port, sample_calls

pytestmark = pytest.mark.story


async def checked(
    folder: Path, changed: Mapping[str, str] | None = None, program: Sequence[str] = ()
) -> tuple[int, str]:
    """Run the command beside a stand-in workspace; its exit code and what it printed. `program` is started by a shell."""
    port, clock = free_port(), MovableClock()
    sample_calls(folder / "calls", clock.now())
    workspace = company(port, clock.now)
    app = web.Application()
    app.add_routes(routes(workspace))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-story", "SLACK_SIGNING_SECRET": "story-secret",
        "SLACK_API_URL": f"http://127.0.0.1:{port}/rehearsal/slack/api/", "DATABASE_URL": f"sqlite:///{folder / 's.db'}",
        "RECORDINGS_URL": f"file://{folder / 'calls'}", "POLICY_FILE": str(ROOT / "policy.yaml"),
        "SECRET_KEY": KEY, **(changed or {}),
    }  # fmt: skip
    try:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
        if not program:
            return await said(("check",), folder, environment)
        process = await asyncio.create_subprocess_exec(
            *program, "check", cwd=folder, env=environment, stdout=-1, stderr=-2
        )
        printed, _ = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode or 0, printed.decode()
    finally:
        await runner.cleanup()


async def test_all_is_well(tmp_path: Path) -> None:
    code, printed = await checked(tmp_path, program=at_moment.program())
    assert code == 0, printed
    assert "FAIL" not in printed
    assert all(
        word in printed
        for word in ("database", "recorder", "scope users:read.email", "role team_leader", "Tara Lindqvist")
    )
    assert "note  beacon                  no valid round: it did not answer. Look at BEACON_URL" in printed
    assert ", deputy of the Customer Success Specialist Team Leader" in printed
    assert "ok    role reviewers" in printed
    assert (
        "note  mail                    mail is off: customers' copies can't be sent. Set SMTP_URL and MAIL_FROM."
        in printed
    )


@pytest.mark.soak
async def test_p10_a_reviewer_who_can_not_be_reached_is_named(tmp_path: Path) -> None:
    rules = (ROOT / "policy.yaml").read_text("utf-8").replace("holders: [", "holders: [nobody.here@fernhill.example, ")
    (tmp_path / "policy.yaml").write_text(rules, "utf-8")
    code, printed = await checked(tmp_path, {"POLICY_FILE": "policy.yaml"})
    assert code == 1
    assert_told(printed, ["nobody.here@fernhill.example can't be reached"])


def assert_told(printed: str, words: list[str]) -> None:
    """Each is on a line of its own that says FAIL, and nobody meets a traceback."""
    failed = [line for line in printed.splitlines() if line.startswith("FAIL")]
    assert all(any(word in line for line in failed) for word in words), printed
    assert "Traceback" not in printed


@pytest.mark.soak
async def test_socket_mode_is_tried_with_its_own_token(tmp_path: Path) -> None:
    told = {"SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": "xapp-1-rehearsal"}
    code, printed = await checked(tmp_path, told)
    assert (code, "ok    Socket Mode" in printed) == (0, True), printed
    code, printed = await checked(tmp_path, told | {"SLACK_APP_TOKEN": "xapp-1-other"})
    assert code == 1
    assert_told(printed, ["Look at SLACK_APP_TOKEN"])

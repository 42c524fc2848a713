"""`recording-steward check`: every setting, scope, role, recorder and database is tried, one line each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiohttp import web

from bot.rehearsal.clock import MovableClock
from bot.rehearsal.slack import SCOPES, routes
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade
from storage.records import Outgoing, Person
from tests.keys import KEY
from tests.moments import moment
from tests.stories import at_moment
from tests.stories.forked import said
from tests.stories.house import ROOT, company, free_port, sample_calls

pytestmark = pytest.mark.story


async def checked(
    folder: Path, changed: Mapping[str, str] | None = None, scopes: frozenset[str] = SCOPES, program: Sequence[str] = ()
) -> tuple[int, str]:
    """Run the command beside a stand-in workspace; its exit code and what it printed. `program` is started by a shell."""
    port, clock = free_port(), MovableClock()
    sample_calls(folder / "calls", clock.now())
    workspace = replace(company(port, clock.now), scopes=scopes)
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
async def test_what_others_on_this_machine_can_read_is_refused(tmp_path: Path) -> None:
    key, database = tmp_path / "key", tmp_path / "s.db"
    key.write_text(KEY)
    database.touch()
    with TemporaryDirectory() as calls:  # beside pytest's own folders, which are for their owner alone
        for path in (key, database, Path(calls)):
            path.chmod(0o755)
        told = {"SECRET_KEY": "", "SECRET_KEY_FILE": str(key), "RECORDINGS_URL": f"file://{calls}"}
        code, printed = await checked(tmp_path, told)
    assert code == 1
    assert_told(printed, [f"chmod 600 {key}", f"others on this machine could read {database}", f"chmod o-rwx {calls}"])
    assert "3 to fix." in printed
    key.chmod(0o600)
    (tmp_path / ".env").write_text("TICK_SECONDS=20")
    (tmp_path / ".env").chmod(0o644)
    code, printed = await checked(tmp_path, {"SECRET_KEY": "", "SECRET_KEY_FILE": str(key)})
    assert code == 0, printed
    assert "note  settings                others on this machine can read the secrets in .env." in printed
    (tmp_path / ".env").write_text(f"secret_key={KEY}")
    code, printed = await checked(tmp_path, {"SECRET_KEY": ""})
    assert code == 1
    assert "FAIL  SECRET_KEY              others on this machine can read the secrets in .env." in printed


@pytest.mark.soak
async def test_p10_a_reviewer_who_can_not_be_reached_is_named(tmp_path: Path) -> None:
    rules = (ROOT / "policy.yaml").read_text("utf-8").replace("holders: [", "holders: [no one.here@fernhill.example, ")
    (tmp_path / "policy.yaml").write_text(rules, "utf-8")
    code, printed = await checked(tmp_path, {"POLICY_FILE": "policy.yaml"})
    assert code == 1
    assert_told(printed, ["no one.here@fernhill.example can't be reached"])


@pytest.mark.soak
async def test_what_does_not_answer_is_named_with_a_remedy(tmp_path: Path) -> None:
    wrong = {
        "SLACK_BOT_TOKEN": "xoxb-other", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "RECORDINGS_URL": "file:///no/such/folder", "POLICY_FILE": "/no/such/policy.yaml",
    }  # fmt: skip
    code, printed = await checked(tmp_path, wrong)
    assert code == 1
    assert_told(printed, ["invalid_auth", "DATABASE_URL", "/no/such/folder", "/no/such/policy.yaml"])


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


@pytest.mark.soak
async def test_a_message_that_nobody_could_send_is_named(tmp_path: Path) -> None:
    """A1: a row that was set aside is told by its id, and is no reason to stop."""
    database = Database(f"sqlite:///{tmp_path / 's.db'}")
    await upgrade(database)
    await database.write(_with_set_aside)
    await database.close()
    code, printed = await checked(tmp_path)
    assert code == 0, printed
    assert "note  message                 R-BAD (show) can't be read, so nothing was sent (unreadable)" in printed
    assert "R-OLD" not in printed
    assert "R-AWAY" not in printed


def _with_set_aside(store: Store) -> None:
    somebody = Person(email_key="a@b.example", email="a@b.example", name="A")
    store.session.add(somebody)
    store.session.flush()
    told = {"R-BAD": ("unreadable", 1), "R-OLD": ("unreadable", 40), "R-AWAY": ("user_disabled", 1)}
    for name, (code, days) in told.items():
        then = moment() - timedelta(days=days)
        row = Outgoing(
            id=name, key=name, kind="show", person_id=somebody.id, payload={}, queued_at=then, due_at=then,
            state="failed", code=code,
        )  # fmt: skip
        store.session.add(row)

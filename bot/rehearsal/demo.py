"""`recording-steward demo`: the sample company, its chat workspace and the real bot, in one process."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import tempfile
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.app import Steward
from bot.config import Given, Settings, policy
from bot.rehearsal.calls import lay_out
from bot.rehearsal.clock import ClockRoutes, MovableClock
from bot.rehearsal.company import COMPANY, PEOPLE, SYDNEY
from bot.rehearsal.fence import put_up
from bot.rehearsal.slack import Channel, Command, Member, Workspace, routes
from bot.serving import listen, quiet_logs, until_told
from bot.web.connections import Runner
from bot.web.metrics import Metrics
from handlers import COMMANDS

PAGE = Path(__file__).parent / "page" / "dist"
HINT = (
    "You are Anna. In #general, type /recording-request and ask to hear yesterday's call.",
    "Switch to Tara, the team leader, and press Approve.",
    "Switch back to Anna and press Listen.",
)


def demo(port: int, data: Path | None, *, browser: bool) -> int:
    """Run the sample company until it is stopped."""
    quiet_logs(30)
    with tempfile.TemporaryDirectory(prefix="fernhill-") as fresh:
        asyncio.run(_demo(port, data or Path(fresh), browser=browser))
    return 0


def company_settings(folder: Path, port: int) -> Settings:
    """Settings for the sample company in a folder, with keys made for it once."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "secret.key"
    if not key.exists():
        key.touch(0o600)
        key.write_text(base64.b64encode(os.urandom(32)).decode())
    here = f"http://127.0.0.1:{port}"
    return Given(
        slack_bot_token=SecretStr("xoxb-" + secrets.token_hex(12)),
        slack_signing_secret=SecretStr(secrets.token_hex(16)), slack_api_url=f"{here}/rehearsal/slack/api/",
        database_url=f"sqlite:///{folder / 'steward.db'}", recordings_url=f"file://{folder / 'calls'}",
        secret_key_file=key, public_url=f"http://localhost:{port}", host="127.0.0.1", port=port,
        policy_file=_policy_file(), tick_seconds=2,
    )  # fmt: skip


def workspace(settings: Settings, clock: MovableClock) -> Workspace:
    """The sample company's chat workspace, wired to the bot by HTTP as the real one is."""
    here = f"http://127.0.0.1:{settings.port}"
    people = [Member(one.id, one.name, one.email, one.title, one.zone, one.standing) for one in PEOPLE]
    token, secret = settings.slack_bot_token, settings.slack_signing_secret
    members = tuple(one.id for one in people if one.standing == "member")
    guests = tuple(one.id for one in people if one.standing == "guest")
    return Workspace(
        people=people, bot_token=token.get_secret_value() if token else "",
        signing_secret=secret.get_secret_value() if secret else "", bot_url=f"{here}/slack/events",
        public_url=here, name=COMPANY, channels=[Channel("C0GENERAL", "general", members), Channel("C0SUPPORT", "customer-success", (*members[:9], *guests))],
        commands=[Command(f"/{word}", one.says, "") for word, one in COMMANDS.items()], hint=HINT,
        read_only=True, now=clock.now,
    )  # fmt: skip


async def _demo(port: int, folder: Path, *, browser: bool) -> None:
    clock, settings = MovableClock(), company_settings(folder, port)
    lay_out(folder / "calls", clock.now().astimezone(ZoneInfo(SYDNEY)).date())
    steward = Steward(settings, policy(settings.policy_file), clock.now)
    app, company = steward.build(), workspace(settings, clock)
    app.add_routes(routes(company, PAGE))
    put_up(app)

    async def tick() -> None:
        # A lease must not run out under a card that is on its way.
        await steward.delivery.landed()
        await steward.tick()

    moving = ClockRoutes(clock, steward.database, tick, lambda: company.feed.tell(None, "clock"))
    app.add_routes(moving.routes())
    steward.door.after = _also(steward.door.after, lambda: company.feed.tell(None, "clock"))
    runner = Runner(app, shutdown_timeout=3)
    metrics = await Metrics(steward.database, steward.readiness).serve(settings.metrics_host, settings.metrics_port)
    try:
        await listen(runner, settings.host, port)
        await steward.start()
        print(f"The sample company {COMPANY} is at {settings.public_url} (stop with Ctrl-C)", flush=True)
        if browser:
            with suppress(webbrowser.Error):
                webbrowser.open(settings.public_url)
        await until_told()
    finally:
        await company.close()
        await runner.cleanup()
        await metrics.cleanup()
        await steward.stop()


def _also(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both


def _policy_file() -> Path:
    return Path(__file__).parents[2] / "policy.yaml"

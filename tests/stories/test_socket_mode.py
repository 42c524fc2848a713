"""The same program without a public address: Slack's Socket Mode, to which nothing but the wire is different."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.app import Steward
from bot.rehearsal.beacon import SampleBeacon
from bot.rehearsal.clock import ClockRoutes, MovableClock, send_its_date
from bot.rehearsal.slack import routes
from bot.settings.config import read_policy
from tests.patience import unhurried
from tests.stories.errands import ask, link, press
from tests.stories.house import TARA, House, free_port, house_settings, sample_calls
from tests.stories.places import SLACK, company, slack_settings, tenancy
from tests.stories.waiting import until

pytestmark = pytest.mark.story


async def test_p7_the_main_job_over_socket_mode(tmp_path: Path) -> None:
    """Command, form, typeahead, card, approval and link travel as envelopes, though the first handshake is refused."""
    port, clock = free_port(), MovableClock()
    sample_calls(tmp_path / "calls", clock.now())
    workspace = replace(company(port, clock.now), bot_url=None)
    workspace.sockets.refusing = 1
    chats = {
        **slack_settings(workspace),
        "slack_signing_secret": None,
        "slack_app_token": SecretStr(workspace.app_token),
    }
    settings = house_settings(tmp_path, port, f"sqlite:///{tmp_path / 'steward.db'}", chats)
    steward = Steward(settings, read_policy(settings.policy_file), clock.now, seconds=clock.seconds)
    app = steward.build()
    send_its_date(app, clock)
    app.add_routes(routes(workspace))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await steward.start()
    moving = ClockRoutes(clock, steward.database, steward.policy, steward.tick, lambda: None)
    url, beacon = f"http://127.0.0.1:{port}", SampleBeacon(clock.now)
    house = House(SLACK, workspace, tenancy(port, SLACK), steward, clock, moving, url, beacon)
    try:
        with unhurried():
            await until(lambda: workspace.sockets.connected, "the bot opens its socket")
            request = await ask(house)
            await press(house, TARA, request, "Approve")
            assert "/listen#" in await link(house, request)
            assert steward.readiness.ages()["chat_unheard"] == 0.0
            house.sound()
    finally:
        await workspace.close()
        await runner.cleanup()
        await steward.stop()

"""The same program without a public address: Slack's Socket Mode, to which nothing but the wire is different."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.app import Steward
from bot.config import policy
from bot.rehearsal.clock import ClockRoutes, MovableClock
from bot.rehearsal.slack import routes
from tests.stories.house import ANNA, TARA, House, company, free_port, house_settings, sample_calls
from tests.stories.waiting import until

pytestmark = pytest.mark.story


async def test_p7_the_main_job_over_socket_mode(tmp_path: Path) -> None:
    """Command, form, typeahead, card, approval and link travel as envelopes."""
    port, clock = free_port(), MovableClock()
    sample_calls(tmp_path / "calls", datetime.now(UTC))
    workspace = replace(company(port, clock.now), bot_url=None)
    plain = house_settings(tmp_path, port, f"sqlite:///{tmp_path / 'steward.db'}")
    settings = plain.model_copy(
        update={"slack_signing_secret": None, "slack_app_token": SecretStr(workspace.app_token)}
    )
    steward = Steward(settings, policy(settings.policy_file), clock.now)
    app = steward.build()
    app.add_routes(routes(workspace))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await steward.start()
    house = House(
        workspace,
        steward,
        clock,
        ClockRoutes(clock, steward.database, steward.tick, lambda: None),
        f"http://127.0.0.1:{port}",
    )
    try:
        await until(lambda: workspace.sockets.connected, "the bot opens its socket")
        request = await house.file()
        assert (await house.person(TARA).press(house.card(TARA, request), "Approve")).ok
        await house.settled()
        assert (await house.person(ANNA).press(house.card(ANNA, request), "Listen")).ok
        await house.settled()
        assert "/listen#" in house.person(ANNA).link("modal", "Open the player")
        assert workspace.problems == []
    finally:
        await workspace.close()
        await runner.cleanup()
        await steward.stop()

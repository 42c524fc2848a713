"""The same program without a public address: Slack's Socket Mode, to which nothing but the wire is different."""

from pathlib import Path

import pytest

from tests.stories.errands import ask, link, press
from tests.stories.house import TARA, a_house
from tests.stories.waiting import until

pytestmark = pytest.mark.story


async def test_p7_the_main_job_over_socket_mode(tmp_path: Path, sqlite_url: str) -> None:
    """Command, form, typeahead, card, approval and link travel as envelopes, though the first handshake is refused."""
    async with a_house(tmp_path, sqlite_url, sockets=True) as house:
        await until(lambda: house.workspace.sockets.connected, "the bot opens its socket")
        request = await ask(house)
        await press(house, TARA, request, "Approve")
        assert "/listen#" in await link(house, request)
        assert house.steward.readiness.ages()["chat_unheard"] == 0.0
        house.sound()

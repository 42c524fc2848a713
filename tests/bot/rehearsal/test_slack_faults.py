"""What goes wrong on purpose: the moods of the page's switch and the scripts of tests."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.rehearsal.slack import Fault

pytestmark = pytest.mark.asyncio


async def post(town, channel="UANNA", text="Hi"):
    return await town.client.chat_postMessage(channel=channel, text=text)


async def test_a_scripted_fault_meets_its_method_and_channel_so_many_times(town):
    faults = town.workspace.faults
    faults.script([Fault("ratelimited", method="chat.postMessage", channel="UANNA", retry_after=7, times=2)])
    await town.client.auth_test()
    await post(town, "UTARA")
    for _ in range(2):
        with pytest.raises(SlackApiError) as failure:
            await post(town)
        assert failure.value.response.status_code == 429
        assert failure.value.response.headers["Retry-After"] == "7"
    assert faults.unused == []
    await post(town)
    assert [m.text for m in town.anna.dm] == ["Hi"]


async def test_lost_does_the_work_and_never_answers(town):
    town.workspace.faults.script([Fault("lost", method="chat.postMessage")])
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(town, text="Once")
    assert [m.text for m in town.anna.dm] == ["Once"]
    [call] = town.workspace.called("chat.postMessage")
    assert call.answer["lost"] is True and call.answer["ts"] == town.anna.dm[0].ts


@pytest.mark.parametrize(("mode", "status", "header"), [("limited", 429, "2"), ("failing", 500, None)])
async def test_the_moods_hold_until_they_are_changed(town, mode, status, header):
    await town.raw("/rehearsal/api/faults", json={"mode": mode})
    for _ in range(3):
        with pytest.raises(SlackApiError) as failure:
            await post(town)
        assert failure.value.response.status_code == status
        assert failure.value.response.headers.get("Retry-After") == header
    await town.raw("/rehearsal/api/faults", json={"mode": "ok"})
    assert (await post(town))["ok"]

"""Slack's clocks under injected time: triggers and rates."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.tickets import Tickets


class TestTriggers:
    def test_a_trigger_works_once(self, clock):
        tickets = Tickets(lambda: clock.seconds)
        name = tickets.trigger("UANNA")
        assert tickets.exchange(name).person == "UANNA"
        with pytest.raises(SlackError, match="exchanged_trigger_id"):
            tickets.exchange(name)

    @pytest.mark.parametrize(("told", "lives"), [((), 3), ((20.0,), 20)], ids=["Slack's", "patient"])
    def test_a_trigger_lives_three_seconds_or_as_long_as_is_told(self, clock, told, lives):
        tickets = Tickets(lambda: clock.seconds, *told)
        in_time, late = tickets.trigger("UANNA"), tickets.trigger("UANNA")
        clock.pass_(lives)
        tickets.exchange(in_time)
        clock.pass_(0.01)
        with pytest.raises(SlackError, match="expired_trigger_id"):
            tickets.exchange(late)


class TestRates:
    @pytest.mark.asyncio
    async def test_the_fifth_message_at_once_is_429_with_retry_after(self, town):
        for _ in range(4):
            await town.client.chat_postMessage(channel="UANNA", text="Hi")
        with pytest.raises(SlackApiError) as failure:
            await town.client.chat_postMessage(channel="UANNA", text="Hi")
        answer = failure.value.response
        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert answer.headers["Retry-After"] == "1"
        assert (await town.client.chat_postMessage(channel="UTARA", text="Hi"))["ok"]
        town.clock.pass_(1)
        assert (await town.client.chat_postMessage(channel="UANNA", text="Hi"))["ok"]
        assert len(town.anna.dm) == 5

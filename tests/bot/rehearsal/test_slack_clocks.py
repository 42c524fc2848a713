"""A trigger of Slack's under injected time."""

import pytest

from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.tickets import Tickets
from tests.clocks import Seconds
from tests.each import each


@each(("told", "lives"), [((), 3), ((20.0,), 20)])
def test_a_trigger_works_once_within_three_seconds_or_as_long_as_is_told(told: tuple[float, ...], lives: float) -> None:
    seconds = Seconds()
    tickets = Tickets(seconds, *told)
    in_time, late = tickets.trigger("UANNA"), tickets.trigger("UANNA")
    seconds.now += lives
    assert tickets.exchange(in_time).person == "UANNA"
    with pytest.raises(SlackError, match="exchanged_trigger_id"):
        tickets.exchange(in_time)
    seconds.now += 0.01
    with pytest.raises(SlackError, match="expired_trigger_id"):
        tickets.exchange(late)

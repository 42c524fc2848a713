"""A pause that a platform asked for is kept for its place, and the bot gives up before the other side does."""

import pytest

from bot.chats.background import Pauses
from bot.ports import Unavailable
from bot.rehearsal.slack import Workspace
from bot.rehearsal.teams import Tenant
from tests.clocks import Seconds
from tests.each import each
from tests.patience import IN_THE_BOT, ITS_OWN


@pytest.fixture
def pauses(seconds: Seconds) -> Pauses:
    return Pauses(seconds)


def rest(pauses: Pauses, kind: str, place: str = "") -> float:
    """How long a call has to wait; 0 where it may go."""
    try:
        pauses.check(kind, place)
    except Unavailable as error:
        assert (error.code, error.outage, error.tried) == ("ratelimited", False, False)
        return error.retry_after or 0.0
    return 0.0


def test_a_pause_holds_for_its_place_and_kind_of_call_until_it_is_over(pauses: Pauses, seconds: Seconds) -> None:
    pauses.refused("post", "D1", 7.0)
    assert [rest(pauses, *one) for one in (("post", "D1"), ("post", "D2"), ("update", "D1"), ("post", ""))] == [
        7,
        0,
        0,
        0,
    ]
    seconds.now += 6.5
    assert rest(pauses, "post", "D1") == 0.5
    seconds.now += 0.5
    assert rest(pauses, "post", "D1") == 0.0


OWN = {(module.__name__, name): seconds for (module, name), seconds in zip(IN_THE_BOT, ITS_OWN, strict=True)}
PLAYER = 4.0  # seconds after which the page with the player gives up


@each(
    ("waits", "limit"),
    [
        ([("bot.slack.answers", "PATIENCE"), ("bot.slack.answers", "KEEPING")], Workspace.ack_seconds),
        ([("bot.slack.form", "PATIENCE")], Workspace.ack_seconds),
        ([("bot.teams.platform", "PATIENCE")], Tenant.invoke_seconds),
        ([("bot.listeners", "PATIENCE")], PLAYER),
    ],
)
def test_a9_the_bot_answers_before_the_other_side_gives_up(waits: list[tuple[str, str]], limit: float) -> None:
    """A quarter of a second is left for the way there and back."""
    assert 0 < sum(OWN[one] for one in waits) <= limit - 0.25

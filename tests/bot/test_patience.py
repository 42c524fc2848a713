"""The bot gives up waiting before the other side does."""

from bot.rehearsal.slack import Workspace
from bot.rehearsal.teams import Tenant
from tests.each import each
from tests.patience import IN_THE_BOT, ITS_OWN

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

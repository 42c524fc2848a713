"""While Slack is ill no press is lost: it is kept, done as soon as Slack says who asked, and told (P7)."""

import pytest

from bot.rehearsal.slack.faults import Mode
from bot.slack import answers
from handlers.inbox import kept_words
from tests.handlers.builders import audit
from tests.slack_street import Street

ILL: tuple[Mode, ...] = ("limited", "failing")
KEPT = kept_words("slack")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't wait a second before trying again to open something."""
    monkeypatch.setattr(answers, "AGAIN", 0.0)


def fall_ill(street: Street, mode: Mode = "failing") -> None:
    """Slack refuses every call, and no one is remembered."""
    street.workspace.faults.mode = mode
    for uid in ("UANNA", "UTARA"):
        street.directory.forget(uid)


async def well(street: Street) -> None:
    """The illness is over; a minute passes."""
    street.workspace.faults.mode = "ok"
    for _ in range(60):
        street.company.clock.pass_(seconds=1)
        await street.settled()


def texts(street: Street, uid: str) -> list[str]:
    """What the person reads in the conversation with the bot, beside cards."""
    return [one.text for one in street.workspace.dm(uid) if len(one.blocks or ()) <= 2]


@pytest.mark.parametrize("mode", ILL)
async def test_p7_approve_while_slack_refuses_every_call_is_kept_told_and_done(street: Street, mode: Mode) -> None:
    request = await street.asked()
    fall_ill(street, mode)
    assert (await street.tara.press(street.card("UTARA", request), "Approve")).ok
    await street.settled()
    assert (street.said("UTARA"), await street.state(request)) == ([KEPT], "waiting")
    await well(street)
    assert await street.state(request) == "approved"
    assert "You approved" in str(street.card("UTARA", request).blocks)
    told = f"You pressed Approve on {request} while Slack couldn’t tell me who you are. It is done now."
    assert texts(street, "UTARA")[-1] == told
    done = [one[1] for one in await audit(street.company, request) if one[0].startswith("person")]
    assert done == ["access.file", "access.approve"]


async def test_p7_what_was_pressed_is_stored_before_slack_is_answered(street: Street) -> None:
    """So no crash after the answer can lose it."""
    request = await street.asked()
    fall_ill(street)
    assert (await street.tara.press(street.card("UTARA", request), "Approve")).ok
    assert await street.company.database.read(lambda store: store.inbox.waiting("slack", "UTARA")) == 1

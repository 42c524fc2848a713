"""What is only read stands in a dialog that opens at once, and the dialog says so where it can't be shown (P7)."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.chats.desk import SLOW
from bot.ports import Unavailable
from storage.database.store import DatabaseDown
from tests.each import each
from tests.slack_street import Street

Logs = list[MutableMapping[str, Any]]


def _modal(street: Street, uid: str) -> tuple[str, str]:
    view = street.workspace.modal(uid)
    assert view is not None
    return str(view.body["title"]["text"]), str(view.body["blocks"])


async def _press(street: Street, uid: str, action: str, value: str) -> None:
    """A button of a home, whether it stands there or not."""
    pressed = {"action_id": action, "block_id": "b", "value": value, "action_ts": "1.1", "type": "button"}
    trigger = street.workspace.tickets.trigger(uid)
    body = {"user": {"id": uid}, "actions": [pressed], "trigger_id": trigger, "view": {"id": "V1", "type": "home"}}
    await street.adapter.answers.press(body)
    await street.settled()


@pytest.mark.parametrize("error", [DatabaseDown("away"), Unavailable("http_500")])
@pytest.mark.parametrize(("action", "value"), [("details", "R-1"), ("more", "waiting:0")])
async def test_while_nobody_answers_the_dialog_says_that_nothing_was_lost(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch, error: Exception, action: str, value: str
) -> None:
    async def look(*_: object) -> Any:
        raise error

    monkeypatch.setattr(street.adapter.answers.desk, "look", look)
    await _press(street, "UANNA", action, value)
    title, blocks = _modal(street, "UANNA")
    assert (title, SLOW in blocks) == ("Please note", True)
    assert [one["why"] for one in logs if one["event"] == "slack.not_shown"] == [str(error)]


@each("matter", ["", "R-NEVER222", "X-1"])
async def test_p7_details_of_what_does_not_concern_one_are_not_found(street: Street, matter: str) -> None:
    request = await street.asked()
    await _press(street, "UBRAM", "details", matter or request)
    title, blocks = _modal(street, "UBRAM")
    assert (title, "I can't find this request." in blocks) == ("Please note", True)

"""A fault of ours has an id, and whoever pressed or typed reads it where he or she looks (P5, P7): nobody waits for nothing."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.chats.desk import Desk
from bot.slack import dialogs
from tests.slack_street import Street

Logs = list[MutableMapping[str, Any]]
SECRET = "words of somebody's own"


def break_(monkeypatch: pytest.MonkeyPatch, method: str, owner: type = Desk) -> None:
    async def bug(*_: Any, **__: Any) -> Any:
        raise KeyError(SECRET)

    monkeypatch.setattr(owner, method, bug)


def told(logs: Logs, words: str = dialogs.FAULT) -> str:
    """What the person is to read of the one fault in the log."""
    [line] = [one for one in logs if one["event"] == "slack.fault"]
    assert line["error"] == "KeyError"
    return words.format(fault=line["fault"])


def shown(street: Street, uid: str) -> str:
    """The dialog that stands open."""
    view = street.workspace.modal(uid)
    assert view is not None
    return str(view.body)


async def test_p7_whoever_presses_approve_and_meets_a_fault_reads_so(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await street.asked()
    break_(monkeypatch, "decide")
    assert (await street.tara.press(street.card("UTARA", request), "Approve")).ok
    await street.settled()
    assert street.said("UTARA") == [told(logs, dialogs.NOT_DONE)]
    assert await street.state(request) == "waiting"


async def test_p7_in_a_dialog_it_says_so_instead_of_what_stood_there(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await street.asked()
    await street.tara.open_home()
    await street.settled()
    await street.tara.press("home", "Details")
    await street.settled()
    break_(monkeypatch, "page")
    await street.tara.press("modal", "Approve")
    await street.settled()
    assert (await street.state(request), told(logs) in shown(street, "UTARA")) == ("approved", True)


async def test_p5_the_agent_hears_that_the_recording_was_not_switched_off(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(monkeypatch, "decide")
    assert (await street.anna.command("/recording-declined")).ok
    await street.settled()
    assert told(logs, dialogs.NOT_DONE) in shown(street, "UANNA")


@pytest.mark.parametrize("method", ["lead", "sheet"])
async def test_p7_a_form_that_can_not_be_opened_says_so(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def bug(*_: Any) -> Any:
        raise KeyError(SECRET)

    monkeypatch.setattr(Desk, method, bug)
    await street.anna.command("/recording-request")
    await street.settled()
    assert told(logs) in shown(street, "UANNA")


async def test_p7_a_form_that_stands_open_stays_and_what_is_sent_with_it_is_answered(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(monkeypatch, "begin")
    await street.anna.command("/recording-request")
    await street.settled()
    assert told(logs) not in shown(street, "UANNA")
    assert "'callback_id': 'access'" in shown(street, "UANNA")
    assert street.said("UANNA") == []


async def test_p13_of_a_fault_on_the_way_to_a_report_no_word_stands_in_the_log(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> Any:
        raise KeyError(SECRET)

    monkeypatch.setattr(Desk, "sheet", bug)
    await street.anna.command("/recording-breach")
    await street.settled()
    assert told(logs) in shown(street, "UANNA")
    assert SECRET not in str(logs)

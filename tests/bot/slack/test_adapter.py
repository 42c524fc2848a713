"""The adapter behind the wall: what Slack does late or not at all, and who may still decide (P7)."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.chats.desk import NOT_NOW
from bot.ports import Address, Unreachable
from bot.rehearsal.slack import Fault
from bot.slack import dialogs, form
from bot.slack.form import UNKNOWN
from handlers.access.intents import Deny
from handlers.acting import DELIVERY
from handlers.cards import Card, Line
from handlers.inbox import kept_words
from handlers.people import Meet
from tests.handlers.builders import NAMES, account, approved, audit
from tests.slack_street import Street

Logs = list[MutableMapping[str, Any]]
BOTH_FAIL = Fault("http_500", "views.open", times=2)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a second for the second try."""
    monkeypatch.setattr(dialogs, "AGAIN", 0.0)


def tries(street: Street) -> int:
    return len(street.workspace.called("views.open"))


def titled(street: Street, uid: str) -> str:
    view = street.workspace.modal(uid)
    return str(view.body["title"]["text"]) if view else ""


async def details(street: Street) -> str:
    """Tara looks at the request that waits for her, from her home."""
    request = await street.asked()
    await street.tara.open_home()
    await street.settled()
    await street.tara.press("home", "Details")
    await street.settled()
    return request


@pytest.mark.usefixtures("soon")
async def test_p7_a_form_that_slack_did_not_open_is_tried_once_more(street: Street) -> None:
    street.workspace.faults.script([Fault("http_500", "views.open")])
    assert (await street.anna.command("/recording-request")).ok
    await street.settled()
    assert (tries(street), titled(street, "UANNA"), street.said("UANNA")) == (2, "Ask for a recording", [])


@pytest.mark.usefixtures("soon")
async def test_a_form_that_does_not_open_at_all_leaves_a_sentence(street: Street) -> None:
    street.workspace.faults.script([BOTH_FAIL])
    await street.anna.command("/recording-request")
    await street.settled()
    assert (tries(street), titled(street, "UANNA"), street.said("UANNA")) == (2, "", [dialogs.NOT_OPENED])


@pytest.mark.usefixtures("soon")
async def test_a_form_that_slack_opened_without_saying_so_is_not_called_closed(street: Street) -> None:
    street.workspace.faults.script([Fault("lost", "views.open")])
    await street.anna.command("/recording-request")
    await street.settled()
    [words] = street.said("UANNA")
    assert titled(street, "UANNA") == "Ask for a recording"
    assert words == "Slack may not have opened this. If you don't see it, please try again in a minute."


async def test_p7_a_form_that_is_saved_late_says_so_and_is_saved_once(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await street.anna.command("/recording-request")
    await street.settled()
    offered = await street.anna.options("Which calls?")
    filled = {
        "Why do you need it?": "complaint", "CRM request reference": "CS-1", "What is it for?": "A complaint.",
        "Which calls?": [offered[0]["value"]],
    }  # fmt: skip
    with monkeypatch.context() as hasty:
        hasty.setattr(form, "PATIENCE", 0.0)
        await street.anna.submit(filled)
    assert form.SLOW in str(street.anna.modal)
    assert "may be saved already" in form.SLOW
    await street.settled()
    await street.anna.submit(filled)
    assert street.anna.modal is None
    assert [one[1] for one in await audit(street.company)].count("access.file") == 1


async def test_before_slack_said_which_workspace_is_ours_nobody_is_recognised(street: Street, logs: Logs) -> None:
    """The form stays with what was typed, the card stays as it is, and both people are told kindly (P7)."""
    request = await street.asked()
    await street.anna.command("/recording-request")
    await street.settled()
    offered = await street.anna.options("Which calls?")
    street.chat.team = ""
    for uid in ("UANNA", "UTARA"):
        street.directory.forget(uid)
    before = await audit(street.company, noted=False)
    [said] = await street.anna.options("Which calls?", "Bram")
    assert said["text"]["text"] == NOT_NOW.label
    sent = await street.anna.submit({
        "Why do you need it?": "complaint", "CRM request reference": "CS-1", "What is it for?": "A complaint.",
        "Which calls?": [offered[0]["value"]],
    })  # fmt: skip
    assert (sent.errors, UNKNOWN in str(street.anna.modal)) == ({}, True)
    await street.tara.press(street.card("UTARA", request), "Approve")
    await street.settled()
    assert street.said("UTARA") == [kept_words("slack")]
    assert (await street.state(request), await audit(street.company, noted=False)) == ("waiting", before)
    assert [line for line in logs if line["log_level"] == "error"] == []


@pytest.mark.parametrize("standing", ["deactivated", "guest"])
async def test_p7_whoever_lost_the_account_since_the_card_was_drawn_decides_nothing(
    street: Street, standing: Any
) -> None:
    request = await street.asked()
    card = street.card("UTARA", request)
    street.turn("UTARA", standing)
    street.company.clock.pass_(seconds=6)
    assert (await street.directory.visitor("UTARA")).standing == "member"  # remembered
    await street.click("UTARA", card, "approve")
    assert await street.state(request) == "waiting"
    assert ("access.approve", "refused", {"why": standing}) in [
        (action, outcome, detail) for _, action, outcome, _, detail in await audit(street.company)
    ]


async def test_p7_what_another_process_stored_of_an_account_counts_more_than_what_is_remembered(street: Street) -> None:
    request = await street.asked()
    await street.directory.visitor("UTARA", deciding=True)
    asked = len(street.workspace.called("users.info"))
    gone = account("UTARA", NAMES["tara"], "deactivated")
    await street.company.door.enter(Meet(gone), DELIVERY)
    await street.click("UTARA", street.card("UTARA", request), "approve")
    assert len(street.workspace.called("users.info")) == asked
    assert await street.state(request) == "waiting"


async def test_p7_an_approver_who_leaves_is_followed_by_the_deputy_at_once(street: Street) -> None:
    request = await street.asked()
    assert street.workspace.dm("UDEVEN") == []
    await street.workspace.change("UTARA", "deactivated")
    await street.settled()
    await street.click("UDEVEN", street.card("UDEVEN", request), "approve")
    assert await street.state(request) == "approved"


async def test_a_home_that_slack_knows_no_account_for_is_given_up(street: Street, logs: Logs) -> None:
    with pytest.raises(Unreachable, match="invalid_arguments"):
        await street.chat.home(Address("UNOBODY"), Card((Line("Hello."),), "Hello."), "UTC")
    await street.workspace.person("UFAR").open_home()
    await street.settled()
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["desk.unreachable"]


async def test_the_home_asks_for_a_recording_and_shows_the_details(street: Street) -> None:
    request = await street.asked()
    await street.tara.open_home()
    await street.settled()
    await street.tara.press("home", "Ask for a recording")
    await street.settled()
    assert titled(street, "UTARA") == "Ask for a recording"
    await street.tara.close()
    await street.tara.press("home", "Details")
    await street.settled()
    assert (titled(street, "UTARA"), request in str(street.tara.modal)) == ("Access request", True)


async def test_p7_a_refusal_in_a_dialog_stands_in_the_dialog(street: Street) -> None:
    request = await details(street)
    street.turn("UTARA", "guest")
    street.company.clock.pass_(seconds=6)
    await street.tara.press("modal", "Approve")
    await street.settled()
    assert (await street.state(request), titled(street, "UTARA")) == ("waiting", "Please note")
    assert "You are a guest here" in str(street.tara.modal)


async def test_p7_a_press_that_came_too_late_is_told_once(street: Street) -> None:
    request = await street.asked()
    old = street.card("UTARA", request)
    await street.company.door.enter(Deny(request, "Another call."), street.company.tara)
    await street.settled()
    await street.click("UTARA", old, "approve")
    await street.settled()
    assert [words for words in street.said("UTARA") if "already denied" in words] == street.said("UTARA") != []
    assert len(street.said("UTARA")) == 1


async def test_p7_a_form_over_the_details_closes_both_when_it_is_sent(street: Street) -> None:
    request = await details(street)
    await street.tara.press("modal", "Deny")
    await street.settled()
    assert len(street.workspace.views.stack("UTARA")) == 2
    assert (await street.tara.submit({"words": "Another call."})).ok
    assert (street.tara.modal, await street.state(request)) == (None, "denied")


async def test_a_fault_of_ours_keeps_the_form_open_and_has_an_id(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await details(street)
    await street.tara.press("modal", "Deny")
    await street.settled()
    monkeypatch.delattr(street.adapter.submissions.desk, "door")
    await street.tara.submit({"words": "Another call."})
    [fault] = [line["fault"] for line in logs if line["event"] == "slack.form_fault"]
    view = str(street.tara.modal)
    assert (fault in view, "'initial_value': 'Another call.'" in view) == (True, True)


async def test_p7_listening_opens_a_link_for_the_holder(street: Street) -> None:
    request = await approved(street.company)
    await street.settled()
    await street.anna.press(street.card("UANNA", request), "Listen")
    await street.settled()
    assert "/listen#" in street.anna.link("modal", "Open the player")

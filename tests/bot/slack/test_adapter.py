"""The adapter behind the wall: what Slack does late or not at all, faults of ours, refusals and pages, told where the person looks (P7)."""

import asyncio
import gc
from collections.abc import MutableMapping
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.chats.desk import NOT_NOW, SLOW, Desk
from bot.ports import Unavailable
from bot.slack import answers, form
from bot.slack.form import UNKNOWN, Submissions
from handlers.access import deciding
from handlers.acting import Intent
from handlers.inbox import kept_words
from storage.database.store import DatabaseDown
from tests.handlers.builders import audit
from tests.slack_street import Street

Logs = list[MutableMapping[str, Any]]


def titled(street: Street, uid: str) -> str:
    view = street.workspace.modal(uid)
    return str(view.body["title"]["text"]) if view else ""


async def a_request_form(street: Street) -> dict[str, Any]:
    """What Anna fills in, with the newest call chosen."""
    offered = await street.anna.options("Which calls?")
    return {
        "Why do you need it?": "complaint", "CRM request reference": "CS-1", "What is it for?": "A complaint.",
        "Which calls?": [offered[0]["value"]],
    }  # fmt: skip


async def details(street: Street) -> str:
    """Tara looks at the request that waits for her, from her home."""
    request = await street.asked()
    await street.tara.open_home()
    await street.settled()
    await street.tara.press("home", "Details")
    await street.settled()
    return request


async def test_p7_a_form_that_is_saved_late_says_so_and_is_saved_once(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await street.anna.command("/recording-request")
    await street.settled()
    filled = await a_request_form(street)
    with monkeypatch.context() as hasty:
        hasty.setattr(form, "PATIENCE", 0.0)
        await street.anna.submit(filled)
    assert form.SLOW in str(street.anna.modal)
    assert "may be saved already" in form.SLOW
    await street.settled()
    await street.anna.submit(filled)
    assert street.anna.modal is None
    assert [one[1] for one in await audit(street.company)].count("access.file") == 1


async def test_p7_calls_that_cannot_be_looked_up_in_time_are_said_to_be_so(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await street.anna.command("/recording-request")
    await street.settled()
    late = asyncio.Event()
    monkeypatch.setattr(form, "PATIENCE", 0.01)
    monkeypatch.setattr(Desk, "find", lambda *_: late.wait())
    [offered] = await street.anna.options("Which calls?")
    late.set()
    assert offered["text"]["text"] == NOT_NOW.label


async def test_before_slack_said_which_workspace_is_ours_no_one_is_recognised(street: Street, logs: Logs) -> None:
    """The form stays with what was typed, the card stays as it is, and both people are told kindly (P7)."""
    request = await street.asked()
    await street.anna.command("/recording-request")
    await street.settled()
    filled = await a_request_form(street)
    street.chat.team = ""
    for uid in ("UANNA", "UTARA"):
        street.directory.forget(uid)
    before = await audit(street.company, noted=False)
    [said] = await street.anna.options("Which calls?", "Bram")
    assert said["text"]["text"] == NOT_NOW.label
    sent = await street.anna.submit(filled)
    assert (sent.errors, UNKNOWN in str(street.anna.modal)) == ({}, True)
    await street.tara.press(street.card("UTARA", request), "Approve")
    await street.settled()
    assert street.said("UTARA") == [kept_words("slack")]
    assert (await street.state(request), await audit(street.company, noted=False)) == ("waiting", before)
    assert [line for line in logs if line["log_level"] == "error"] == []


async def test_p7_a_refusal_in_a_dialog_is_in_the_dialog(street: Street) -> None:
    request = await details(street)
    street.turn("UTARA", "guest")
    street.company.clock.pass_(seconds=6)
    await street.tara.press("modal", "Approve")
    await street.settled()
    assert (await street.state(request), titled(street, "UTARA")) == ("waiting", "Please note")
    assert "You are a guest here" in str(street.tara.modal)


async def test_a_fault_of_ours_keeps_the_form_open_and_has_an_id(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await details(street)
    await street.tara.press("modal", "Deny")
    await street.settled()
    monkeypatch.delattr(street.adapter.submissions.desk, "door")
    await street.tara.submit({"words": "Another call."})
    [fault] = [line["fault"] for line in logs if line["event"] == "slack.fault"]
    view = str(street.tara.modal)
    assert (fault in view, "'initial_value': 'Another call.'" in view) == (True, True)


SECRET = "words of someone's own"


def break_(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    async def bug(*_: Any, **__: Any) -> Any:
        raise KeyError(SECRET)

    monkeypatch.setattr(Desk, method, bug)


def told(logs: Logs, words: str = answers.FAULT) -> str:
    """What the person is to read of the one fault in the log."""
    [line] = [one for one in logs if one["event"] == "slack.fault"]
    assert line["error"] == "KeyError"
    return words.format(fault=line["fault"])


def shown(street: Street, uid: str) -> str:
    """The open dialog."""
    view = street.workspace.modal(uid)
    assert view is not None
    return str(view.body)


async def test_p7_a_form_that_is_open_stays_and_what_is_sent_with_it_is_answered(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(monkeypatch, "begin")
    await street.anna.command("/recording-request")
    await street.settled()
    assert told(logs) not in shown(street, "UANNA")
    assert "'callback_id': 'access'" in shown(street, "UANNA")
    assert street.said("UANNA") == []


async def test_p13_of_a_fault_on_the_way_to_a_report_no_word_is_in_the_log(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> Any:
        raise KeyError(SECRET)

    monkeypatch.setattr(Desk, "sheet", bug)
    await street.anna.command("/recording-breach")
    await street.settled()
    assert told(logs) in shown(street, "UANNA")
    assert SECRET not in str(logs)


TYPED = "Another call."


async def decided(street: Street, decision: Intent[Any]) -> None:
    await street.company.door.enter(decision, street.company.tara)
    await street.settled()


@pytest.mark.parametrize(
    ("uid", "standing", "words"),
    [
        ("UTARA", "guest", "You are a guest here"),
        ("UTARA", "deactivated", "has been deactivated"),
        ("UFAR", "foreign", "another organisation"),
    ],
)
async def test_p7_an_approver_who_may_no_longer_act_is_told_so_at_the_card(
    street: Street, uid: str, standing: Any, words: str
) -> None:
    request = await street.asked()
    card = street.card("UTARA", request)
    street.turn(uid, standing)
    street.company.clock.pass_(seconds=6)
    await street.click(uid, card, "approve")
    await street.settled()
    [told] = [one.text for one in street.workspace.talk.everything() if one.only_for == uid]
    assert words in told
    assert await street.state(request) == "waiting"
    assert ("access.approve", "refused", {"why": standing}) in [
        (action, outcome, detail) for _, action, outcome, _, detail in await audit(street.company)
    ]
    assert "matters.pressed" not in [action for _, action, *_ in await audit(street.company)]


def _form_after(street: Street) -> tuple[str, str]:
    """What the form says above its fields, and what is filled in."""
    assert street.tara.modal is not None
    first, *_, last = street.tara.modal["blocks"]
    return first["text"]["text"], last["element"]["initial_value"]


async def test_p7_a_form_that_comes_too_late_keeps_what_was_typed(street: Street) -> None:
    request = await street.asked()
    await street.tara.press(street.card("UTARA", request), "Deny")
    await street.settled()
    await decided(street, deciding.approve_request(request))
    await street.tara.submit({"words": TYPED})
    above, filled_in = _form_after(street)
    assert "already approved by you" in above
    assert filled_in == TYPED


async def test_p7_a_form_that_cannot_be_stored_keeps_what_was_typed_and_says_so(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A3: nothing took long, and to try at once helps as little."""
    request = await street.asked()
    await street.tara.press(street.card("UTARA", request), "Deny")
    await street.settled()

    async def down(*_: object, **__: object) -> None:
        raise DatabaseDown("full")

    monkeypatch.setattr(street.company.database, "write", down)
    await street.tara.submit({"words": TYPED})
    above, filled_in = _form_after(street)
    assert "I couldn’t save this just now. Nothing you typed is lost" in above
    assert filled_in == TYPED


async def test_p7_what_was_saved_is_not_said_to_be_unsaved_where_details_cannot_be_read(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await street.asked()
    await street.tara.press(street.card("UTARA", request), "Details")
    await street.settled()
    await street.tara.press("modal", "Deny")
    await street.settled()

    async def down(*_: object) -> None:
        raise DatabaseDown("silent")

    monkeypatch.setattr(Desk, "page", down)
    await street.tara.submit({"words": TYPED})
    assert (street.tara.modal, await street.state(request)) == (None, "denied")


TYPED_FORM_TOO_LATE = "Gil heard the call of Mrs Pemberly."
VIEW: dict[str, Any] = {
    "id": "V1", "callback_id": "breach_report", "blocks": [{"type": "input", "block_id": "what"}], "private_metadata": "",
    "state": {"values": {"what": {"what": {"type": "plain_text_input", "value": TYPED_FORM_TOO_LATE}}}},
}  # fmt: skip


async def test_p13_what_fails_too_late_is_told_without_its_words(
    street: Street, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(form, "PATIENCE", 0.0)
    goes_on = asyncio.Event()

    class Slow:
        async def submit(self, *_: object) -> None:
            await goes_on.wait()
            raise ValueError(TYPED_FORM_TOO_LATE)

    with capture_logs() as logs:
        await Submissions(street.chat, cast("Desk", Slow()), street.adapter.after).answer(
            {"view": VIEW, "user": {"id": "UANNA"}}
        )
        goes_on.set()
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()
    assert TYPED_FORM_TOO_LATE not in caplog.text + str(logs)
    assert [one["event"] for one in logs] == ["slack.form_not_saved", "slack.fault"]
    assert logs[1]["error"] == "ValueError"


async def test_p7_an_approver_who_meets_a_fault_reads_so(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await street.asked()
    break_(monkeypatch, "decide")
    assert (await street.tara.press(street.card("UTARA", request), "Approve")).ok
    await street.settled()
    assert (street.said("UTARA"), await street.state(request)) == ([told(logs, answers.NOT_DONE)], "waiting")


def _modal(street: Street, uid: str) -> tuple[str, str]:
    view = street.workspace.modal(uid)
    assert view is not None
    return str(view.body["title"]["text"]), str(view.body["blocks"])


async def _press(street: Street, uid: str, action: str, value: str) -> None:
    """A button of a home, whether it is there or not."""
    pressed = {"action_id": action, "block_id": "b", "value": value, "action_ts": "1.1", "type": "button"}
    trigger = street.workspace.tickets.trigger(uid)
    body = {"user": {"id": uid}, "actions": [pressed], "trigger_id": trigger, "view": {"id": "V1", "type": "home"}}
    await street.adapter.answers.press(body)
    await street.settled()


async def test_p7_what_a_dialog_hands_out_takes_its_place(street: Street) -> None:
    """Closing a passcode brought back the page that offered it, with one more passcode left than there was."""
    request = await details(street)
    await street.company.door.enter(deciding.approve_request(request), street.company.tara)
    await street.settled()
    await _press(street, "UANNA", "details", request)
    await street.anna.press("modal", "listen")
    await street.settled()
    assert titled(street, "UANNA") == "Listen"
    assert len(street.workspace.views.stack("UANNA")) == 1
    # What Slack sends again leaves it there, since it can't be shown a second time.
    assert street.workspace.http is not None
    await street.adapter.answers.press(street.workspace.http.sent[-1].payload)
    await street.settled()
    assert titled(street, "UANNA") == "Listen"


@pytest.mark.parametrize("error", [DatabaseDown("away"), Unavailable("http_500")])
@pytest.mark.parametrize(("action", "value"), [("details", "R-1"), ("more", "waiting:0")])
async def test_while_no_one_answers_the_dialog_says_that_nothing_was_lost(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch, error: Exception, action: str, value: str
) -> None:
    async def look(*_: object) -> Any:
        raise error

    monkeypatch.setattr(street.adapter.answers.desk, "look", look)
    await _press(street, "UANNA", action, value)
    title, blocks = _modal(street, "UANNA")
    assert (title, SLOW in blocks) == ("Please note", True)
    assert [one["why"] for one in logs if one["event"] == "slack.not_shown"] == [str(error)]

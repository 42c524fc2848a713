"""A refusal in Slack: told where somebody looks, and nothing that was typed is lost (P7)."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.chats.desk import NOT_NOW, Desk
from bot.slack import form
from bot.slack.form import Submissions
from handlers.access.intents import Approve, Deny
from handlers.cards import Option
from storage.database.store import DatabaseDown
from tests.each import each
from tests.handlers.builders import account, audit, meet
from tests.slack_street import Street

TYPED = "Another call."


async def decided(street: Street, decision: Approve | Deny) -> None:
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
async def test_p7_whoever_may_no_longer_act_is_told_so_at_the_card(
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
    assert "matters.pressed" not in [action for _, action, *_ in await audit(street.company)]


async def test_p7_an_address_of_two_accounts_is_told_so_at_the_card(street: Street) -> None:
    request = await street.asked()
    await meet(street.company.door, account("UTARA2", "Tara Lindqvist"))
    street.company.clock.pass_(seconds=6)
    await street.click("UTARA", street.card("UTARA", request), "approve")
    await street.settled()
    assert (
        [words for words in street.said("UTARA") if "Another account has or had" in words] == street.said("UTARA") != []
    )


def _says_above(street: Street, words: str) -> None:
    """D4: what is about the whole form stands above it, and what was typed is in it."""
    assert street.tara.modal is not None
    first, *_, last = street.tara.modal["blocks"]
    assert words in first["text"]["text"]
    assert last["element"]["initial_value"] == TYPED


@each("button", ["Deny", "Ask a question"])
async def test_p7_a_form_that_comes_too_late_keeps_what_was_typed(street: Street, button: str) -> None:
    request = await street.asked()
    await street.tara.press(street.card("UTARA", request), button)
    await street.settled()
    await decided(street, Approve(request))
    await street.tara.submit({"words": TYPED})
    _says_above(street, "already approved by you")


@pytest.mark.parametrize("why", ["replaced", "corrupt", "full"])
async def test_p7_a_form_that_can_not_be_stored_keeps_what_was_typed_and_says_so(
    street: Street, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """A3: nothing took long, and to try at once helps as little."""
    request = await street.asked()
    await street.tara.press(street.card("UTARA", request), "Deny")
    await street.settled()

    async def down(*_: object, **__: object) -> None:
        raise DatabaseDown(why)

    monkeypatch.setattr(street.company.database, "write", down)
    await street.tara.submit({"words": TYPED})
    _says_above(street, "This could not be saved just now. Nothing that you typed is lost")


def filled(street: Street, uid: str) -> dict[str, Any]:
    """A form that somebody sends, whatever id its view has."""
    values: dict[str, Any] = {
        "reason": {"redraw": {"selected_option": {"value": "complaint"}}},
        "recordings": {"x": {"selected_options": [{"value": str(street.company.calls[0])}]}},
        "crm": {"text": {"value": "CS-1"}},
        "purpose": {"text": {"value": "A complaint."}},
    }
    blocks = [{"type": "input", "block_id": name} for name in values]
    return {
        "user": {"id": uid},
        "view": {"id": "V1", "callback_id": "access", "blocks": blocks, "state": {"values": values}},
    }


async def test_p7_two_people_with_one_view_id_file_two_requests(street: Street) -> None:
    submissions = street.adapter.submissions
    for uid in ("UANNA", "UBRAM", "UANNA"):
        assert await submissions.submit(filled(street, uid)) == {}
    filed = [actor for actor, action, *_ in await audit(street.company) if action == "access.file"]
    people = street.company.anna.person_id, street.company.bram.person_id
    assert filed == [f"person:{one}" for one in people]


TYPED_FORM_TOO_LATE = "Gil heard the call of Mrs Pemberly."
VIEW: dict[str, Any] = {
    "id": "V1", "callback_id": "breach_report", "blocks": [{"type": "input", "block_id": "what"}], "private_metadata": "",
    "state": {"values": {"what": {"what": {"type": "plain_text_input", "value": TYPED_FORM_TOO_LATE}}}},
}  # fmt: skip


async def test_p13_what_fails_too_late_is_told_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(form, "PATIENCE", 0.0)
    goes_on = asyncio.Event()

    class Slow:
        async def submit(self, *_: object) -> None:
            await goes_on.wait()
            raise ValueError(TYPED_FORM_TOO_LATE)

    with capture_logs() as logs:
        await Submissions(cast("Desk", Slow())).answer({"view": VIEW, "user": {"id": "UANNA"}})
        goes_on.set()
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()
    assert TYPED_FORM_TOO_LATE not in caplog.text + str(logs)
    assert [(one["event"], one["why"]) for one in logs] == [
        ("slack.form_not_saved", "TimeoutError"), ("slack.form_not_saved", "ValueError"),
    ]  # fmt: skip


async def test_p7_a_search_that_takes_too_long_does_not_say_that_there_is_no_such_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(form, "PATIENCE", 0.0)

    goes_on = asyncio.Event()

    class Slow:
        async def find(self, *_: object) -> list[Option]:
            await goes_on.wait()
            return []

    body = {"user": {"id": "UANNA"}, "action_id": "lookup:recordings", "value": "Bram"}
    assert await Submissions(cast("Desk", Slow())).options(body) == [NOT_NOW]
    goes_on.set()
    await asyncio.sleep(0)

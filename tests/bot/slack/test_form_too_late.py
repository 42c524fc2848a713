"""A form whose sending ends after Slack had its answer: the log hears that it failed, and no word of what was typed (P13)."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.chats.desk import NOT_NOW, Desk
from bot.slack import form
from bot.slack.form import Submissions
from handlers.cards import Option

TYPED = "Gil heard the call of Mrs Pemberly."
VIEW: dict[str, Any] = {
    "id": "V1", "callback_id": "breach_report", "blocks": [{"type": "input", "block_id": "what"}], "private_metadata": "",
    "state": {"values": {"what": {"what": {"type": "plain_text_input", "value": TYPED}}}},
}  # fmt: skip


async def test_p13_what_fails_too_late_is_told_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(form, "PATIENCE", 0.0)
    goes_on = asyncio.Event()

    class Slow:
        async def submit(self, *_: object) -> None:
            await goes_on.wait()
            raise ValueError(TYPED)

    with capture_logs() as logs:
        await Submissions(cast("Desk", Slow())).answer({"view": VIEW, "user": {"id": "UANNA"}})
        goes_on.set()
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()
    assert TYPED not in caplog.text + str(logs)
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

"""When something is away, slow or broken, the person in Teams hears a sentence, and the log the rest (P7)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest

from bot.chats.desk import NOT_NOW as LATER
from bot.rehearsal.teams import Fault
from bot.teams import platform as adapter
from bot.teams.platform import NOT_NOW, SLOW
from handlers.cards import HINT
from handlers.inbox import kept_words
from storage.database.store import Database, DatabaseDown
from tests.each import each
from tests.handlers.builders import audit

from .street import Street, shown, told

Logs = list[MutableMapping[str, Any]]
WARNED = {"teams.not_answered", "teams.unavailable"}
SORRY = "Something went wrong on our side (F-"


def away(database: Database) -> Callable[[], None]:
    """The database takes nothing more, until what is returned is called."""

    async def down(*_: Any, **__: Any) -> Any:
        raise DatabaseDown("away")

    whole = (database.read, database.write)
    database.read = database.write = down  # type: ignore[method-assign]

    def back() -> None:
        database.read, database.write = whole  # type: ignore[method-assign]

    return back


def broken(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is looked up next is a fault of ours."""

    def fault(*_: Any) -> Any:
        raise RuntimeError("a fault with a secret in it")

    for part in ("_act", "carry_out"):
        monkeypatch.setattr(street.front.adapter.desk, part, fault)


def faults(logs: Logs) -> list[MutableMapping[str, Any]]:
    return [one for one in logs if one["event"] == "teams.fault"]


async def test_while_the_database_is_away_every_press_and_word_is_answered(street: Street, logs: Logs) -> None:
    form, before = await street.blank(), await audit(street.company)
    given = await street.filled(form)
    back = away(street.company.database)
    person, chat = street.anna, len(street.anna.chat)
    assert (await person.press(form, "Send", given)).said == NOT_NOW
    assert (await person.press(street.home("anna"), "Ask for a recording")).said == NOT_NOW
    [line] = await person.search("recordings", "Bram", form)
    assert (line["title"], line["value"]) == (f"{LATER.label} · {LATER.small}", HINT)
    assert (await person.action_command("recording-request")).said == NOT_NOW
    assert (await person.press(street.home("anna"), "Ask for a recording", old_client=True)).ok
    await street.front.finish()
    assert (await person.say("recording-request")).ok
    await street.front.finish()
    assert [one.text for one in street.anna.chat[chat:]] == [NOT_NOW, "recording-request", NOT_NOW]
    back()
    assert {one["event"] for one in logs if one["log_level"] == "warning"} <= WARNED
    assert (faults(logs), await audit(street.company)) == ([], before)
    assert (await street.press("anna", form, "Send", given)).ok
    assert [one[1] for one in (await audit(street.company))[len(before) :] if one[0].startswith("person")] == [
        "access.file"
    ]


async def test_a_fault_has_an_id_that_the_person_sees_and_a_traceback_in_the_log(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = await street.blank()
    broken(street, monkeypatch)
    answered = await street.execute("anna", {"verb": "home"})
    dialog = await street.invoke("anna", "composeExtension/fetchTask", {"commandId": "recording-request"})
    typed = await street.invoke("anna", "application/search", {"queryText": "Bram", "dataset": "recordings"})
    [written] = await street.say("anna", "recording-request")
    await street.press("anna", form, "Cancel", old_client=True)
    assert (answered.json["type"], answered.json["statusCode"]) == ("application/vnd.microsoft.error", 500)
    said = [answered.json["value"]["message"], dialog.json["task"]["value"], written, told(street.anna.chat[-1])]
    assert [one for one in said if not one.startswith(SORRY)] == []
    [line] = typed.json["value"]["results"]
    assert line["value"] == HINT
    found = faults(logs)
    said.insert(2, line["title"])
    assert all(one["fault"] in words for one, words in zip(found, said, strict=True))
    assert {type(one["exc_info"]) for one in found} == {RuntimeError}
    assert "secret" not in "".join(said)


async def asked_of_a_slow_teams(street: Street, monkeypatch: pytest.MonkeyPatch) -> str:
    """A request that waits, while Teams takes longer to say who presses than we wait for it."""
    request = await street.asked()
    monkeypatch.setattr(adapter, "PATIENCE", 0.05)
    street.company.clock.pass_(seconds=6)
    street.tenant.faults.script([Fault("slow", "member", seconds=0.3)])
    return request


@each(("verb", "value"), [("details", "R-1"), ("more", "waiting:0"), ("listen", "R-1"), ("home", "")])
async def test_while_the_database_is_away_a_page_says_so_too(street: Street, verb: str, value: str) -> None:
    back = away(street.company.database)
    assert shown(await street.execute("anna", {"verb": verb, "value": value})) == NOT_NOW
    back()


async def test_a_press_that_takes_too_long_says_so_and_is_done_all_the_same(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await asked_of_a_slow_teams(street, monkeypatch)
    outcome = await street.press("tara", street.card("tara", request), "Approve")
    assert (outcome.said, await street.state(request)) == (kept_words("teams"), "approved")
    assert "approved by you" in told(street.card("tara", request))


async def test_an_old_clients_press_that_takes_too_long_is_acknowledged_in_time(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await asked_of_a_slow_teams(street, monkeypatch)
    card = street.card("tara", request)
    before = asyncio.get_running_loop().time()
    assert (await street.tara.press(card, "Approve", old_client=True)).ok
    assert asyncio.get_running_loop().time() - before < 0.3
    await street.settled()
    assert "approved by you" in told(street.card("tara", request))


async def test_a_refusal_that_comes_too_late_is_no_fault(
    street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "PATIENCE", 0.0)
    reply = await street.execute("anna", {"verb": "details", "value": "R-NONE"})
    assert (shown(reply), faults(logs)) == (SLOW, [])
    assert [one["event"] for one in logs if "late" in one["event"]] == ["teams.refused_late"]


@each("text", ["what?", "recording-request", "home"])
async def test_whoever_blocked_the_bot_and_writes_to_it_all_the_same_is_no_fault(
    street: Street, logs: Logs, text: str
) -> None:
    street.anna.block()
    assert await street.say("anna", text) == []
    assert "MessageWritesBlocked" in [one.get("code") for one in logs if one["log_level"] == "warning"]
    assert [one for one in logs if one["log_level"] == "error" and "teams" in one["event"]] == []


async def test_while_nobody_can_say_who_asks_nothing_is_decided(street: Street) -> None:
    """Authority is checked at the press, or later; never not at all (P7)."""
    request = await street.asked()
    street.company.clock.pass_(seconds=6)
    street.tenant.faults.script([Fault("http_500", "member", times=9)])
    for old_client in (False, True):
        outcome = await street.press("tara", street.card("tara", request), "Approve", old_client=old_client)
        assert (outcome.said, await street.state(request)) == ("" if old_client else kept_words("teams"), "waiting")

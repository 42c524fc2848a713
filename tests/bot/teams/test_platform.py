"""Teams' front door, put together: with tokens for a company, and without any for the local Playground."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.chats.desk import Desk
from bot.ports import Address, Unavailable, Unreachable
from bot.rehearsal.teams import Fault
from bot.teams.platform import TeamsPlatform
from bot.teams.tokens import LOOPBACK

from .street import IDS, Street, settings, told

Logs = list[MutableMapping[str, Any]]


def front(street: Street, http: ClientSession, host: str = "127.0.0.1", **changes: Any) -> TeamsPlatform:
    given = replace(settings(street.tenant), **changes)
    return TeamsPlatform(given, http, lambda _: Desk(street.company.door, street.directory, "http://x"), host)


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.5", False)]
)
async def test_only_a_bot_on_loopback_speaks_to_services_on_this_machine(
    street: Street, http: ClientSession, host: str, here: bool
) -> None:
    opened = front(street, http, host)
    assert opened.verifier is not None
    assert (opened.chat.connector.hosts >= LOOPBACK, opened.verifier.allowed_hosts >= LOOPBACK) == (here, here)
    await opened.stop()


async def test_a_national_cloud_has_a_scope_of_its_own(street: Street, http: ClientSession) -> None:
    url = "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"
    for metadata, scope in (
        (url, "https://api.botframework.us"),
        (street.tenant.metadata_url, "https://api.botframework.com"),
    ):
        opened = front(street, http, metadata_url=metadata)
        assert opened.tokens is not None
        assert opened.tokens._form["scope"] == f"{scope}/.default"


async def test_without_tokens_nothing_is_verified_and_no_token_leaves_the_bot(
    street: Street, http: ClientSession
) -> None:
    unproved = front(street, http, open=True)
    assert (unproved.tokens, unproved.verifier, unproved.cloud.verifier) == (None, None, None)
    await unproved.start()
    await unproved.chat.greet()
    issued = street.tenant.login.issued
    with pytest.raises(Unavailable, match="http_401"):
        await unproved.chat.whisper(Address(IDS["anna"], await street.directory.reference(IDS["anna"])), "A word.")
    assert street.tenant.login.issued == issued
    await unproved.finish()
    await unproved.stop()


async def test_a_stop_waits_for_what_follows_an_acknowledgement(street: Street) -> None:
    street.tenant.faults.script([Fault("slow", "send", seconds=0.2)])
    assert (await street.anna.say("what?")).ok
    assert street.front.adapter.after._tasks != set()
    await street.front.stop()
    assert street.front.adapter.after._tasks == set()
    assert "I don’t have an answer to that" in told(street.anna.chat[-1])


async def test_a_fault_in_what_was_kept_is_logged(street: Street, logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fault(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(street.front.adapter.desk, "carry_out", fault)
    await street.person("bram").install()
    await street.settled()
    assert {(one["event"], one["error"], one["exc_info"]) for one in logs if one["log_level"] == "error"} == {
        ("inbox.fault", "RuntimeError", True)
    }


async def test_the_playground_is_given_lists_that_need_no_search(street: Street) -> None:
    for tokens, searched in ((street.front.chat.tokens, True), (None, False)):
        street.front.chat.tokens = tokens
        reply = await street.invoke("anna", "composeExtension/fetchTask", {"commandId": "recordingRequest"})
        [calls] = [
            one for one in reply.json["task"]["value"]["card"]["content"]["body"] if one.get("id") == "recordings"
        ]
        assert ("choices.data" in calls, len(calls["choices"])) == (searched, 3)


async def test_people_are_found_only_once_they_have_added_the_app(street: Street) -> None:
    with pytest.raises(Unreachable, match="not_installed"):
        await street.front.chat.find("tara.lindqvist@fernhill.example")

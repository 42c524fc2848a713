"""Where the program listens, and which setting is to be mended where it can't."""

from __future__ import annotations

import socket
from collections.abc import MutableMapping
from contextlib import closing
from typing import Any

import pytest
from aiohttp import web

from bot.commands.checking_settings import _host
from bot.serving import listen
from bot.settings.config import Given, Misconfigured
from bot.trouble import sentence, upgrade_waits
from storage.database.store import DatabaseDown
from tests.clocks import Seconds
from tests.each import each

NOWHERE = ["999.1.1.1", "192.0.2.7", "no such host", "a..b"]


async def _listen(host: str, port: int) -> None:
    runner = web.AppRunner(web.Application())
    try:
        await listen(runner, host, port)
    finally:
        await runner.cleanup()


@each("host", NOWHERE)
async def test_a_host_that_is_not_this_machine_is_named_and_not_the_port(host: str) -> None:
    with pytest.raises(Misconfigured, match=rf"^HOST: nothing can listen on {host} \(.*\)\. Write an address of this"):
        await _listen(host, 0)
    with pytest.raises(Misconfigured, match=rf"^nothing can listen on {host} "):
        await _host(Given(host=host))


async def test_a_port_that_is_taken_is_named() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=rf"^PORT: nothing can listen on 127\.0\.0\.1:{port} .* another port"):
            await _listen("127.0.0.1", port)


@each("host", ["127.0.0.1", "localhost", "0.0.0.0"])
async def test_an_address_of_this_machine_is_well(host: str) -> None:
    assert await _host(Given(host=host)) == f"{host} is this machine's"


def test_nobody_who_ends_says_that_it_tries_again() -> None:
    assert "again" not in sentence(DatabaseDown("silent"))


def test_a_start_that_waits_for_another_ones_upgrade_says_so_at_once_and_then_each_minute(
    logs: list[MutableMapping[str, Any]],
) -> None:
    seconds = Seconds()
    waits = upgrade_waits(seconds)
    for _ in range(4 * 60):
        waits()
        seconds.now += 0.5
    assert [(one["event"], one["log_level"], one["more"]) for one in logs] == [
        ("database.upgrade_waits", "warning", 0),
        ("database.upgrade_waits", "warning", 119),
    ]

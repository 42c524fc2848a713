"""The bot's own connector in the strict tenant: each refusal of Teams' is told as what it means for the person."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ports import Absent, Unavailable, Unreachable
from bot.rehearsal.teams import Fault
from bot.teams.connector import Connector, TokenSource
from bot.teams.tokens import LOOPBACK

from .street import APP, PASSWORD, Street, carrying, text
from .street import card as drawn

pytestmark = pytest.mark.asyncio
CARD = carrying(drawn(text("Waiting")))


@pytest.fixture
def connector(street: Street) -> Connector:
    async def at_once(seconds: float) -> None:
        street.clock.pass_(seconds)

    tenant = street.tenant
    tokens = TokenSource(street.session, tenant.tenant_id, APP, PASSWORD, tenant.login_url)
    return Connector(street.session, tokens, LOOPBACK, sleep=at_once)


async def send(connector: Connector, street: Street, conversation: str = "") -> str:
    return await connector.send(street.tenant.service_url, conversation or street.anna.own.id, CARD)


async def code(connector: Connector, street: Street, conversation: str = "") -> str:
    with pytest.raises(Unreachable) as caught:
        await send(connector, street, conversation)
    return caught.value.code


async def test_a_card_is_sent_changed_and_the_person_looked_up(connector: Connector, street: Street) -> None:
    at, anna = street.tenant.service_url, street.anna
    sent = await send(connector, street)
    await connector.update(at, anna.own.id, sent, carrying(drawn(text("Approved"))))
    (shown,) = anna.chat
    assert (shown.id, shown.updates, shown.card["body"][0]["text"]) == (sent, 1, "Approved")
    assert (await connector.member(at, anna.own.id, anna.id))["email"] == "anna.quill@fernhill.example"
    assert await connector.create_personal(at, street.tenant.tenant_id, street.tenant.bot_id, anna.id) == anna.own.id


@pytest.mark.parametrize("nested", [True, False])
async def test_whoever_blocked_the_bot_is_unreachable_in_either_shape(
    connector: Connector, street: Street, nested: bool
) -> None:
    street.tenant.nested_errors = nested
    street.anna.block()
    assert await code(connector, street) == "MessageWritesBlocked"


async def test_whoever_removed_the_app_is_unreachable(connector: Connector, street: Street) -> None:
    await street.anna.uninstall()
    assert await code(connector, street) == "BotNotInConversationRoster"


async def test_a_card_in_a_conversation_that_was_left_is_absent_and_the_new_one_takes_it(
    connector: Connector, street: Street
) -> None:
    old, sent = street.anna.own.id, await send(connector, street)
    await street.anna.uninstall()
    for status in (403, 404):
        with pytest.raises(Absent):
            await connector.update(street.tenant.service_url, old, sent, CARD)
        assert street.tenant.called("update")[-1].status == status
        await street.anna.install()
    assert await code(connector, street, old) == "ConversationNotFound"
    assert await send(connector, street) == street.anna.chat[0].id


OUTBOXS: list[tuple[dict[str, Any], str]] = [
    ({"error": "BadGateway"}, "http_502"), ({"error": "http_504"}, "http_504"), ({"error": "ServiceError"}, "http_500"),
    ({"error": "TooManyRequests", "retry_after": 9}, "ratelimited"), ({"error": "lost"}, "no_connection"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "said"), OUTBOXS)
async def test_a_send_that_may_have_arrived_is_left_to_the_outbox(
    connector: Connector, street: Street, fault: dict[str, Any], said: str
) -> None:
    street.tenant.faults.script([Fault(method="send", **fault)])
    with pytest.raises(Unavailable) as caught:
        await send(connector, street)
    assert (caught.value.code, caught.value.outage) == (said, False)
    assert caught.value.retry_after == (9.0 if said == "ratelimited" else None)
    assert len(street.tenant.called("send")) == 1

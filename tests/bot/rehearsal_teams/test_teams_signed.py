"""What Teams sends to the bot: shapes, signatures, keys, and who hears what."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from .street import ANNA, APP, GROUP, Street

pytestmark = pytest.mark.asyncio


async def keys(street: Street) -> dict[str, Any]:
    async with street.session.get(street.tenant.metadata_url) as response:
        metadata = await response.json()
    async with street.session.get(metadata["jwks_uri"]) as response:
        return {one["kid"]: one for one in (await response.json())["keys"]}


async def claims(street: Street) -> dict[str, Any]:
    """The claims of what the bot heard last, read by an independent library with the published key."""
    token = street.headers[-1]["Authorization"].removeprefix("Bearer ")
    key = jwt.PyJWK((await keys(street))[jwt.get_unverified_header(token)["kid"]])
    return jwt.decode(
        token, key, algorithms=["RS256"], audience=APP, options={"verify_exp": False, "verify_nbf": False}
    )


async def test_every_activity_is_signed_with_a_published_key(street: Street) -> None:
    await street.anna.say("home")
    found = await claims(street)
    at = int(street.clock.now.timestamp())
    assert found == {
        "iss": "https://api.botframework.com", "aud": APP, "serviceurl": street.tenant.service_url,
        "nbf": at, "exp": at + 3600,
    }  # fmt: skip
    assert "msteams" in (await keys(street))["rehearsal-0"]["endorsements"]


async def test_a_rotated_key_signs_at_once_and_the_old_one_stays_until_it_is_taken_away(street: Street) -> None:
    street.tenant.keys.rotate()
    await street.anna.say("home")
    await claims(street)
    assert set(await keys(street)) == {"rehearsal-0", "rehearsal-1"}
    street.tenant.keys.rotate(keep_old=False)
    assert set(await keys(street)) == {"rehearsal-2"}


async def test_a_message_has_the_bot_frameworks_shape(street: Street) -> None:
    await street.anna.say("recording-request")
    (heard,) = street.heard
    assert heard["type"] == "message" and heard["text"] == "recording-request" and heard["channelId"] == "msteams"
    assert heard["serviceUrl"] == street.tenant.service_url and heard["serviceUrl"].endswith("/")
    assert heard["from"] == {"id": street.tenant.mri(ANNA), "name": "Anna Quill", "aadObjectId": ANNA}
    assert heard["from"]["id"].startswith("29:") and heard["recipient"]["id"] == f"28:{APP}"
    own = {"conversationType": "personal", "tenantId": street.tenant.tenant_id, "id": street.anna.own.id}
    assert heard["conversation"] == own and heard["channelData"]["tenant"] == {"id": street.tenant.tenant_id}
    assert heard["localTimezone"] == "Australia/Sydney" and heard["localTimestamp"] == "2026-11-24T20:00:00.000+11:00"
    assert heard["timestamp"] == "2026-11-24T09:00:00.000Z"
    assert street.anna.chat[0].id == heard["id"] and street.anna.chat[0].author == ANNA


async def test_installing_sends_both_events_each_time(empty_street: Street) -> None:
    street = empty_street
    await street.anna.install()
    added, installed = street.heard
    assert added["type"] == "conversationUpdate" and added["membersAdded"] == [{"id": street.tenant.bot_id}]
    assert (installed["type"], installed["action"]) == ("installationUpdate", "add")
    await street.anna.install()
    assert street.heard[2]["conversation"] == added["conversation"] and len(street.heard) == 4
    await street.anna.upgrade()
    await street.anna.uninstall()
    assert [one["action"] for one in street.heard[4:]] == ["add-upgrade", "remove"]


async def test_in_a_group_the_bot_hears_only_what_mentions_it(street: Street) -> None:
    await street.tara.say("lunch?", GROUP)
    assert street.heard == []
    await street.tara.say("recording-request", GROUP, mention=True)
    (heard,) = street.heard
    assert heard["text"] == "<at>Recording Steward</at> recording-request"
    mention = heard["entities"][-1]
    assert mention["text"] == "<at>Recording Steward</at>" and mention["mentioned"]["id"] == street.tenant.bot_id
    shape = heard["conversation"]
    assert (shape["conversationType"], shape["isGroup"], shape["name"]) == ("groupChat", True, "Support")
    assert len(street.tenant.seen(ANNA, GROUP)) == 2


async def test_a_forged_or_repeated_request_can_be_sent(street: Street) -> None:
    await street.anna.say("home")
    sent = street.tenant.wire.sent[-1]
    assert (await street.tenant.wire.repeat(sent, 5)).ok
    assert street.heard[0] == street.heard[1]
    await street.tenant.wire.send(sent.activity, 5, token="")
    assert "Authorization" not in street.headers[-1]
    forged = street.tenant.keys.token("another", "https://elsewhere", street.clock.now, exp=1)
    await street.tenant.wire.send(sent.activity, 5, token=forged)
    assert street.headers[-1]["Authorization"] == f"Bearer {forged}"

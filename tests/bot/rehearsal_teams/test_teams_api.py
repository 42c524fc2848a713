"""The connector API as the bot meets it: tokens, messages, updates, members, and every refusal."""

from typing import Any

import pytest

from .street import Street, card, carrying, text

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"client_secret": "guess"}, 401, "invalid_client"),
        ({"client_id": "another"}, 400, "unauthorized_client"),
        ({"tenant": "another"}, 400, "invalid_request"),
        ({"scope": "https://graph.microsoft.com/.default"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": ""}, 400, "invalid_request"),
    ],
)
async def test_a_wrong_login_gets_entras_own_words(street: Street, wrong: Any, status: Any, error: Any) -> None:
    got, body = await street.log_in(**wrong)
    assert (got, body["error"]) == (status, error) and "AADSTS" in body["error_description"]
    assert street.tenant.login.issued == 0


@pytest.mark.parametrize("header", ["", "Bearer forged", "Basic x", "Bearer"])
async def test_without_a_token_of_ours_nothing_is_done(street: Street, header: Any) -> None:
    status, body = await street.api(
        "POST", f"/{street.anna.own.id}/activities", {"type": "message", "text": "x"}, headers={"Authorization": header}
    )
    assert status == 401 and "denied" in body["message"]
    assert street.anna.chat == []


async def test_a_token_ends_after_its_time_and_when_revoked(street: Street) -> None:
    await street.send(street.anna, text="one")
    street.clock.pass_(3600)
    assert (await street.api("POST", f"/{street.anna.own.id}/activities", {"type": "message", "text": "x"}))[0] == 401
    street.token = ""
    await street.send(street.anna, text="two")
    street.tenant.login.revoke()
    assert (await street.api("POST", f"/{street.anna.own.id}/activities", {"type": "message", "text": "x"}))[0] == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"type": "message"}, 400, "BadSyntax"),
        ({"type": "message", "text": "  "}, 400, "BadSyntax"),
        ({"type": "event", "text": "x"}, 400, "BadSyntax"),
        ([], 400, "BadSyntax"),
        ({"type": "message", "text": "x" * 28673}, 413, "MessageSizeTooBig"),
        (carrying(card(text("ö" * 14300))), 413, "MessageSizeTooBig"),
        (carrying(card(text("x"), version="1.6")), 400, "BadSyntax"),
        ({"type": "message", "attachments": [{"contentType": "image/png"}]}, 400, "BadArgument"),
        ({"type": "message", "attachments": "x"}, 400, "BadSyntax"),
    ],
)
async def test_a_message_that_teams_would_not_take(street: Street, body: Any, status: Any, code: Any) -> None:
    got, answer = await street.api("POST", f"/{street.anna.own.id}/activities", body)
    assert (got, answer["error"]["code"]) == (status, code)
    assert street.anna.chat == [] and street.tenant.calls[-1].status == status


async def test_the_eighth_message_in_a_second_waits_and_other_chats_do_not(street: Street) -> None:
    for _ in range(7):
        await street.send(street.anna, text="x")
    place = f"/{street.anna.own.id}/activities"
    address, headers = (
        f"{street.tenant.service_url}v3/conversations{place}",
        {"Authorization": f"Bearer {street.token}"},
    )
    async with street.session.post(address, json={"type": "message", "text": "x"}, headers=headers) as response:
        assert response.status == 429 and response.headers["Retry-After"] == "1"
    await street.send(street.tara, text="x")
    street.clock.pass_(1)
    await street.send(street.anna, text="the eighth in two seconds")
    assert (await street.api("POST", place, {"type": "message", "text": "x"}))[0] == 429
    street.clock.pass_(2)
    await street.send(street.anna, text="x")

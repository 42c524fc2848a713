"""What Slack's payloads say about themselves, wherever they come from."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]  # Slack's own shapes


def reply(body: Payload) -> str:
    return str(body.get("response_url") or "")


def account(body: Payload) -> str:
    """Of whoever typed or pressed: a command says it in another place."""
    return str(body["user_id"] if "user_id" in body else body["user"]["id"])


def in_dialog(body: Payload) -> bool:
    return bool(body.get("view", {}).get("type") == "modal")


def key(body: Payload, action: Payload) -> str:
    """The idempotency key of one press: Slack sends the same `action_ts` however often it sends it."""
    return f"slack:{body['user']['id']}:{action.get('action_ts', '')}:{action['action_id']}:{action.get('value', '')}"

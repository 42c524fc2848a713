"""Slack would never send these, and a holder of its secret still gets no fault of ours: a 4xx, and nothing is decided."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession

from tests.moments import moment
from tests.slack_street import SECRET, Street

BENT: list[dict[str, Any]] = [
    {"type": "block_actions"},
    {"type": "block_actions", "user": {"id": "UTARA"}, "actions": [{}]},
    {"type": "block_actions", "user": "UTARA", "actions": [{"action_id": "approve", "value": 7}]},
    {
        "type": "block_actions",
        "user": {"id": "UTARA"},
        "actions": [{"type": "button", "action_id": "approve", "block_id": []}],
    },
    {"type": "view_submission"},
    {"type": "view_submission", "user": {"id": "UANNA"}, "view": {"callback_id": "access", "state": 3}},
    {"type": "view_submission", "user": {"id": "UANNA"}, "view": {"callback_id": "access", "private_metadata": "{"}},
    {"type": "block_suggestion", "user": {"id": "UANNA"}, "action_id": "calls"},
    {"type": "shortcut"},
    {"type": 5},
]


async def test_p7_a_bent_payload_with_a_genuine_signature_is_no_fault_of_ours(street: Street) -> None:
    request = await street.asked()
    found: dict[str, int] = {}
    async with ClientSession() as http:
        for one in BENT:
            body = urlencode({"payload": json.dumps(one)}).encode()
            stamp = str(int(moment().timestamp()))
            seal = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, sha256).hexdigest()
            headers = {
                "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={seal}",
                "Content-Type": "application/x-www-form-urlencoded",
            }  # fmt: skip
            async with http.post(str(street.workspace.bot_url), data=body, headers=headers) as answer:
                found[json.dumps(one)] = answer.status
    await street.settled()
    assert {one: status for one, status in found.items() if status >= 500} == {}
    assert await street.state(request) == "waiting"

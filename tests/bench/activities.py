"""What Teams sends, as the bytes of one HTTP request: with the token that Microsoft signs, and no two alike."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

APP_ID, TENANT = "22222222-0000-4000-8000-00000000b07b", "11111111-0000-4000-8000-0000f1e25111"
PEOPLE = 200

_HEAD = (
    "POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)\r\n"
    "Content-Type: application/json; charset=utf-8\r\n{proof}Content-Length: {length}\r\n\r\n"
)


def account(number: int) -> str:
    """The Entra object id of one of the `PEOPLE` who write."""
    return f"{number:08d}-aaaa-4000-8000-000000000000"


def activity(service_url: str, kind: str, **more: Any) -> str:
    """An activity in which XUSERX, XPLACEX and XNUMBERX stand for who, where, and what makes it unique."""
    client = {
        "type": "clientInfo",
        "locale": "en-GB",
        "country": "GB",
        "platform": "Web",
        "timezone": "Australia/Sydney",
    }
    told = {
        "type": kind, "id": "f:XNUMBERX", "channelId": "msteams", "serviceUrl": service_url,
        "timestamp": "2026-11-24T03:00:00.000Z", "localTimestamp": "2026-11-24T14:00:00.000+11:00",
        "localTimezone": "Australia/Sydney", "locale": "en-GB",
        "from": {"id": "29:1XUSERX", "name": "Asker", "aadObjectId": "XUSERX"},
        "recipient": {"id": f"28:{APP_ID}", "name": "Recording Steward"},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": "a:1XUSERX"},
        "entities": [client], "channelData": {"tenant": {"id": TENANT}},
    }  # fmt: skip
    return json.dumps({**told, **more})


@dataclass(frozen=True, slots=True)
class Activities:
    """Requests made of one body and one token ("": none); `card`: a good answer has a body."""

    body: str
    token: str
    card: bool = False

    def post(self, number: int) -> bytes:
        """The request with this number."""
        body = self.body.replace("XUSERX", account(number % PEOPLE)).replace("XNUMBERX", f"{number:07d}").encode()
        proof = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        return _HEAD.format(proof=proof, length=len(body)).encode() + body

    def good(self, status: bytes, length: int) -> bool:
        """A message is acknowledged by an empty 2xx, an invoke answered by a 200 with a card."""
        return (
            (status == b"200" and length > 100) if self.card else (status in (b"200", b"201", b"202") and length == 0)
        )


def reaction(service_url: str, token: str) -> Activities:
    """A person likes a message of the bot's: nothing is to be said to that."""
    return Activities(activity(service_url, "messageReaction", reactionsAdded=[{"type": "like"}], replyToId="1"), token)


def word(service_url: str, token: str) -> Activities:
    """A message that has one reply."""
    return Activities(activity(service_url, "message", text="good morning XNUMBERX", textFormat="plain"), token)


def press(service_url: str, token: str) -> Activities:
    """A button of a card, which is answered with a card."""
    action = {"type": "Action.Execute", "verb": "home", "data": {"verb": "home", "value": ""}}
    value = {"action": action, "trigger": "manual"}
    body = activity(service_url, "invoke", name="adaptiveCard/action", value=value, replyToId="1")
    return Activities(body, token, card=True)

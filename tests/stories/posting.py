"""Slack's own requests made by hand, for what no person could do: at once, twice, or never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from aiohttp import ClientSession

from bot.rehearsal.slack.outbound import Kind, encoded, signed
from tests.moments import moment
from tests.stories.places import SECRET

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Post:
    """One request to Slack's address, as bytes."""

    body: bytes
    headers: Mapping[str, str]

    def again(self) -> Post:
        """The same once more, as another request with a signature of its own."""
        return sealed(self.body, self.headers["Content-Type"])

    async def to(self, http: ClientSession, url: str) -> tuple[int, str]:
        """The status and the text of the answer."""
        async with http.post(f"{url}/slack/events", data=self.body, headers=self.headers) as answer:
            return answer.status, await answer.text()


def post(kind: Kind, payload: Json, at: float | None = None, secret: str = SECRET) -> Post:
    """A genuine request, signed now or at another time."""
    body, content_type = encoded(kind, payload)
    return sealed(body, content_type, at, secret)


def sealed(body: bytes, content_type: str, at: float | None = None, secret: str = SECRET) -> Post:
    """Any bytes at all with a genuine signature."""
    stamp = moment().timestamp() if at is None else at
    return Post(body, {"Content-Type": content_type, **signed(secret, body, stamp)})


def by(uid: str, payload: Json) -> Json:
    """The same payload from another person."""
    return {**payload, "user": {**payload["user"], "id": uid}}


def form_again(payload: Json, **view: Any) -> Json:
    """The same form filled in once more, as a view of its own."""
    return {**payload, "view": {**payload["view"], "id": f"V{token_hex(5).upper()}", **view}}


def typed(payload: Json, field: str, words: str) -> Json:
    """The same form with other words in one of its text fields."""
    values = payload["view"]["state"]["values"]
    [(action, state)] = values[field].items()
    state = {"values": {**values, field: {action: {**state, "value": words}}}}
    return {**payload, "view": {**payload["view"], "state": state}}

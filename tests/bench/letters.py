"""What Slack sends, as the bytes of one HTTP request: freshly signed, and no two alike."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import new

SECRET = "bench-secret"
PEOPLE, CALLS = 200, 500

_HEAD = (
    "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
    "X-Slack-Signature: v0={signature}\r\nContent-Length: {length}\r\n\r\n"
)


def uid(number: int) -> str:
    """The Slack id of one of the `PEOPLE` who ask."""
    return f"U0ASK{number:06d}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A body in which XUSERX, XNUMBERX and XCALLX are placeholders for the person, a unique number, and a call's id."""

    body: str

    def post(self, number: int) -> bytes:
        """The request with this number, signed now."""
        body = self.body.replace("XUSERX", uid(number % PEOPLE)).replace("XNUMBERX", f"{number:07d}")
        return signed(body.replace("XCALLX", str(1 + number % CALLS)).encode())


@dataclass(frozen=True, slots=True)
class Presses(Letter):
    """Presses of buttons, each with a body of its own, by number."""

    bodies: Mapping[int, str]

    def post(self, number: int) -> bytes:
        """The same of one of them."""
        return signed(self.bodies[number].encode())


def signed(written: bytes) -> bytes:
    """The request that has this body, signed now."""
    stamp = str(int(time.time()))
    signature = new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + written, sha256).hexdigest()
    return _HEAD.format(stamp=stamp, signature=signature, length=len(written)).encode() + written

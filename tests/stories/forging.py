"""Requests that nobody honest sends: genuine ones bent in every way that a seeded generator finds."""

from __future__ import annotations

from random import Random
from typing import Any
from urllib.parse import quote

from tests.stories.errands import Ears
from tests.stories.posting import Post, sealed

FORM = "application/x-www-form-urlencoded"


def forged(genuine: Post, random: Random) -> Post:
    """A request that was not signed by Slack, not like this, or not now."""
    stamp, signature = genuine.headers["X-Slack-Request-Timestamp"], genuine.headers["X-Slack-Signature"]
    cut = random.randrange(len(genuine.body))
    match random.randrange(6):
        case 0:
            return _with(genuine, stamp, random.choice(_signatures(signature, random)))
        case 1:
            return _with(genuine, random.choice(_stamps(int(stamp))), signature)
        case 2:
            away = random.choice((-1, 1)) * random.randint(310, 10**8)
            return sealed(genuine.body, FORM, int(stamp) + away)
        case 3:
            return Post(genuine.body[:cut] + b"\x7f" + genuine.body[cut + 1 :], genuine.headers)
        case 4:
            return Post(
                random.choice((genuine.body[:cut], genuine.body + b"&", genuine.body[cut:] + b"x")), genuine.headers
            )
        case _:
            return sealed(genuine.body, FORM, secret=random.choice(("", "story-secre", "story-secret ", "xoxb-story")))


def _signatures(signature: str, random: Random) -> list[str | None]:
    bare = signature.removeprefix("v0=")
    other = "".join(random.choice("0123456789abcdef") for _ in bare)
    return [
        None, "", "v0", "v0=", bare, f"v1={bare}", f"v0={other}", f"v0={bare[:-1]}", f"{signature}0", signature.upper(),
        f"{signature}, {signature}", "v0=\u00e9", "v0=" + "\u0661" * 64, "v0=" + "0" * 5000, "None", "\U0001f600",
    ]  # fmt: skip


def _stamps(now: int) -> list[str | None]:
    return [
        None, "", "0", "-1", f"-{now}", f"+{now}", f"{now}.0", f"{now}0", f"0x{now:x}", f"{now:e}", "now", "nan", "inf",
        "9" * 30, "9" * 5000, "\u0661\u0662", "\uff11", "\U0001f600", f"{now},{now}", f"{now + 1}", f"{now - 1}",
    ]  # fmt: skip


def _with(genuine: Post, stamp: str | None, signature: str | None) -> Post:
    named = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
    return Post(
        genuine.body, {"Content-Type": FORM, **{name: value for name, value in named.items() if value is not None}}
    )


RANGES = (
    "bytes=0-", "bytes=0-0", "bytes=5-4", "bytes=-0", "bytes=-1", "bytes=-", "bytes=999999999-", "bytes=0-99999999999999999999",
    "bytes=a-b", "bytes=0-1,2-3", "items=0-1", "bytes", "", "bytes=0x1-", "bytes= 0 - 1", "bytes=\u0661-", "=" * 5000,
)  # fmt: skip
BODIES = (
    b"", b"{}", b"[]", b"null", b"{", b"[" * 100_000, b"\xff", b'{"code": null}', b'{"code": []}', b'{"code": "\\ud800"}',
    b'{"code": "\\u0000"}', b'{"code": "x"}', b'{"from": 0}', b'{"from": "0", "to": "1"}', b'{"from": NaN, "to": Infinity}',
    b'{"from": 1e999, "to": 2}', b'{"from": -5, "to": 1e5}', b'{"from": 3, "to": 1}', b'{"from": true, "to": 1}',
    b'{"from": 0, "to": 1}', b'{"from": 0, "to": ' + b"9" * 5000 + b"}", b'{"code": "' + b"x" * 100_000 + b'"}',
)  # fmt: skip
NAMES = (
    "",
    ".",
    "..",
    "\x00",
    "\u0661",
    "1",
    "2",
    "-1",
    "0",
    "9" * 30,
    "x" * 3000,
    "\ud83d",
    "G-AAAAAAAA",
    "%",
    "a/b",
    "\n",
    "'",
)


def odd_listening(anna: Ears, own: str, random: Random) -> tuple[str, str, dict[str, Any]]:
    """A request to the listening page with something wrong in it, or nothing: method, path, and the rest."""
    grant = random.choice((anna.grant, anna.grant, random.choice(NAMES)))
    recording = random.choice((own, own, random.choice(NAMES)))
    last = random.choice(("audio", "audio", "peaks", "heard", "access", "", random.choice(NAMES)))
    parts = random.choice(
        ([grant, recording, last], [grant, recording, last], [grant, last], ["exchange"], ["assets", last], [grant])
    )
    cookie = random.choice((anna.cookie, anna.cookie, "", "x", anna.cookie[:-1], "\u00e9", "x" * 5000, '"', ";;=;"))
    headers = {"Cookie": f"listening={cookie}", "Range": random.choice(RANGES)}
    if random.random() < 0.3:
        del headers["Range"]
    method = random.choice(("GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "OPTIONS"))
    path = "/".join(quote(part, safe="", errors="surrogatepass") for part in parts)
    return method, f"/listen/{path}", {"headers": headers, "data": random.choice(BODIES)}

"""Finds what a message would do to people besides being read: whom it pings and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

PING = re.compile(r"<(!channel|!here|!everyone|!subteam\^\w+|@[UW]\w+)(?:\|[^>]*)?>")
LINK = re.compile(r"<((?:https?|mailto|slack):[^|>]+)(?:\|[^>]*)?>")


def pings(text: str, blocks: list[Any] | None) -> list[str]:
    """Mentions that Slack would act on: `!channel`, `@U…`; plain_text never mentions anybody."""
    said = [found for part in _marked(text, blocks) for found in PING.findall(part)]
    return said + [_rich(one) for one in _walk(blocks) if one.get("type") in ("user", "broadcast")]


def links(text: str, blocks: list[Any] | None) -> list[str]:
    """Addresses behind marked-up links and link buttons."""
    said = [found for part in _marked(text, blocks) for found in LINK.findall(part)]
    return said + [str(one["url"]) for one in _walk(blocks) if isinstance(one.get("url"), str)]


def _marked(text: str, blocks: list[Any] | None) -> Iterator[str]:
    yield text
    for one in _walk(blocks):
        if one.get("type") in ("mrkdwn", "markdown") and isinstance(one.get("text"), str):
            yield one["text"]


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _walk(inside)


def _rich(element: dict[str, Any]) -> str:
    return f"@{element['user_id']}" if element["type"] == "user" else f"!{element.get('range')}"

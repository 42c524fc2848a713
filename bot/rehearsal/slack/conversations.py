"""Channels, direct messages with the app, their messages, and what each person hasn't read yet."""

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any


@dataclass(slots=True)
class Channel:
    """A channel that the bot isn't a member of."""

    id: str
    name: str
    members: tuple[str, ...] = ()


@dataclass(slots=True)
class Message:
    """One message as sent; `only_for` is the reader of an ephemeral one. An answer to another (`thread_ts`) shows in
    its thread, and outside it if it was `broadcast`.
    """

    channel: str
    ts: str
    author: str
    text: str
    at: datetime
    blocks: list[Any] | None = None
    only_for: str | None = None
    edited: bool = False
    thread_ts: str | None = None
    broadcast: bool = False
    earlier: list[list[Any]] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None


class Conversations:
    """All messages of the workspace, in memory."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self.channels = {channel.id: channel for channel in channels}
        self.dms: dict[str, str] = {}
        self.unread: Counter[tuple[str, str]] = Counter()
        self._said: dict[str, dict[str, Message]] = {}
        self._last = 0

    def open_dm(self, uid: str) -> str:
        """Return the D… id of the app's direct messages with this person, opening them if need be."""
        return self.dms.setdefault(uid, self.dm_id(uid))

    @staticmethod
    def dm_id(uid: str) -> str:
        return "D" + sha256(uid.encode()).hexdigest()[:10].upper()

    def dm_owner(self, channel: str) -> str | None:
        return next((uid for uid, dm in self.dms.items() if dm == channel), None)

    def readers(self, channel: str) -> tuple[str, ...]:
        if found := self.channels.get(channel):
            return found.members
        owner = self.dm_owner(channel)
        return (owner,) if owner else ()

    def add(self, message: Message) -> Message:
        self._said.setdefault(message.channel, {})[message.ts] = message
        for uid in [message.only_for] if message.only_for else self.readers(message.channel):
            if uid != message.author:
                self.unread[uid, message.channel] += 1
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        return self._said.get(channel, {}).get(ts)

    def seen_by(self, uid: str, channel: str) -> list[Message]:
        """Return what this person sees there now, oldest first; empty if the person isn't a member."""
        if uid not in self.readers(channel):
            return []
        return [m for m in self._said.get(channel, {}).values() if m.only_for in (None, uid)]

    def everything(self) -> Iterable[Message]:
        return (message for said in self._said.values() for message in said.values())

    def next_ts(self, now: datetime) -> str:
        """Return a unique ts that grows even if the clock stops or goes back."""
        self._last = max(int(now.timestamp() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def revised(message: Message, *, text: str, blocks: list[Any] | None) -> None:
    """Give the message new content; a click on what it showed before can still be recognised."""
    if message.blocks is not None:
        message.earlier.append(deepcopy(message.blocks))
    message.text, message.blocks = text, blocks

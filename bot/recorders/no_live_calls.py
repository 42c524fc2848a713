"""For a call recording system that knows nothing of calls that go on now: a bucket, an archive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NoReturn

from bot.ports import LiveCall, Unavailable, Unread

NO_LIVE_CALLS = "This recording system does not tell of calls that go on now."


class NoLiveCalls:
    """Tells of no live call and can stop none; its `Capabilities.live` is `none`."""

    async def live(self) -> Sequence[LiveCall | Unread]:
        """None is told."""
        return ()

    async def stop(self, call_id: str) -> None:
        """Raises `Unavailable`."""
        _cannot()

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        """Raises `Unavailable`."""
        _cannot()


def _cannot() -> NoReturn:
    raise Unavailable(NO_LIVE_CALLS)

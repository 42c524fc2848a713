"""Who looks at a card that was just pressed, or typed something, and hears there what can't be said by a card or a message at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cachetools import TTLCache

from bot.ports import Unavailable, Unreachable

Tell = Callable[[str], Awaitable[bool]]
MOST = 10_000
LOOKS = 60.0  # seconds: whoever saw no answer by then has gone on, or pressed again
TYPED = 300.0  # seconds: whoever typed that a caller declines has to hear in that call whether it is recorded still
SOON = 5.0  # seconds: a shorter pause is no news


class Onlookers:
    """Those of one platform. `seconds` counts and never goes back."""

    def __init__(self, platform: str, seconds: Callable[[], float]) -> None:
        self.platform = platform
        self._looking: TTLCache[tuple[str, str], Tell] = TTLCache(MOST, LOOKS, timer=seconds)
        self._typed: TTLCache[str, Tell] = TTLCache(MOST, TYPED, timer=seconds)
        self._said: TTLCache[tuple[str, str], None] = TTLCache(MOST, TYPED, timer=seconds)

    def look(self, account: str, matter: str, tell: Tell) -> None:
        """What was pressed on this matter's card was done. `tell` says something where it was pressed; whether that was heard.

        It must work while the platform is ill, within seconds, and raise nothing.
        """
        self._looking[account, matter] = tell

    def typed(self, account: str, tell: Tell) -> None:
        """Something was done that was typed; `tell` as for `look`."""
        self._typed[account] = tell

    async def unsaid(self, account: str, words: str, once: str, error: Unavailable | Unreachable) -> None:
        """A message could not be posted: whoever typed something lately hears it there, once for each `once`. Raises nothing."""
        tell = self._typed.get(account)
        brief = isinstance(error, Unavailable) and _is_no_news(error)
        if tell is None or (account, once) in self._said or brief:
            return
        self._said[account, once] = None
        if not await tell(words):
            del self._said[account, once]

    def drawn(self, account: str, matter: str) -> None:
        """The card says it by now."""
        self._looking.pop((account, matter), None)

    async def late(self, account: str, matter: str, error: Unavailable) -> None:
        """The card could not be drawn: tell whoever looks at it, once. Raises nothing."""
        tell = self._looking.get((account, matter))
        if tell is None or _is_no_news(error):
            return
        self.drawn(account, matter)
        words = f"It is done. {self.platform.title()} does not let me change the card just now: that follows."
        if not await tell(words):
            self.look(account, matter, tell)


def _is_no_news(error: Unavailable) -> bool:
    return error.code == "database" or (error.retry_after or SOON) < SOON

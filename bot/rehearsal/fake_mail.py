"""A mailer in memory, which keeps every promise of the real one and fails as it is told to."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.ports import Letter, LetterRefused, OutcomeUnknown, Unavailable
from bot.rehearsal.fake_chat import Fault
from bot.settings.setting_values import server_address


class FakeMail:
    """The Mailer port over a list: `sent` is what was accepted, oldest first. `before` and `after` are awaited around
    the moment when a letter is handed over, so that a test can hold it up there.
    """

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.faults: list[Fault] = []
        self.before: Callable[[], Awaitable[None]] | None = None
        self.after: Callable[[], Awaitable[None]] | None = None

    async def send(self, letter: Letter) -> str:
        """See the port."""
        try:
            server_address(letter.to)
        except ValueError as error:
            raise LetterRefused("address", str(error)) from None
        await self._held_up(self.before, Unavailable("stopped"))
        fault = self._fault("send", letter.to)
        if fault is None or fault.done:
            self.sent.append(letter)
        await self._held_up(self.after, OutcomeUnknown("stopped"))
        if fault is not None:
            raise fault.error
        return f"250 2.0.0 queued as FAKE{len(self.sent)}"

    async def examine(self) -> None:
        """See the port."""
        fault = self._fault("examine", "")
        if fault is not None:
            raise fault.error

    async def _held_up(self, at: Callable[[], Awaitable[None]] | None, stopped: Exception) -> None:
        if at is None:
            return
        try:
            await at()
        except asyncio.CancelledError:
            raise stopped from None

    def _fault(self, method: str, whom: str) -> Fault | None:
        found = next((one for one in self.faults if one.fits(method, whom)), None)
        if found is not None:
            found.times -= 1
        return found

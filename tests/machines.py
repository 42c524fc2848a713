"""A machine that runs the bot: its wall clock may be stepped, while seconds pass alike for everyone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from bot.clockwork.trusted_clock import TrustedClock
from tests.moments import NOW


@dataclass
class Machine:
    """`right` is the true moment; the wall clock is `wrong` by a span."""

    right: datetime = NOW
    wrong: timedelta = timedelta(0)
    clock: TrustedClock = field(init=False)

    def __post_init__(self) -> None:
        self.start_clock()

    def start_clock(self) -> None:
        """Start the bot again, which hasn't read its log yet."""
        self.clock = TrustedClock(lambda: self.right + self.wrong, self._seconds)

    def _seconds(self) -> float:
        return self.right.timestamp()

    def pass_(self, **span: float) -> None:
        self.right += timedelta(**span)

    def step(self, **span: float) -> None:
        """Make the wall clock wrong by this from now on; by nothing: put it right."""
        self.wrong = timedelta(**span)

    def answer(self, host: str = "slack.com", **wrong: float) -> None:
        """Have a service answer whose own clock is `wrong`."""
        self.clock.hear(host, {"Date": format_datetime(self.right + timedelta(**wrong), usegmt=True)})

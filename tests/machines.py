"""A machine on which the bot runs: its wall clock may be stepped, while the seconds that pass are the same for everybody."""

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
        """A new start of the bot, which has not read its log yet."""
        self.clock = TrustedClock(lambda: self.right + self.wrong, self._seconds)

    def _seconds(self) -> float:
        return self.right.timestamp()

    def pass_(self, **span: float) -> None:
        self.right += timedelta(**span)

    def step(self, **span: float) -> None:
        """The wall clock is wrong by this from now on; by nothing: it is put right."""
        self.wrong = timedelta(**span)

    def answer(self, host: str = "slack.com", **wrong: float) -> None:
        """A service answers, whose own clock is `wrong`."""
        self.clock.hear(host, {"Date": format_datetime(self.right + timedelta(**wrong), usegmt=True)})

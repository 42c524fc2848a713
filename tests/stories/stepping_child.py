"""Like at_moment.py, on a machine whose wall clock is wrong by as many seconds as the file that WRONG_BY names says."""

import os
import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import bot.app
from bot.rehearsal.clock import MovableClock
from tests.stories.at_moment import main

WRONG_BY = Path(os.environ["WRONG_BY"])
RIGHT = MovableClock()


class WallClock(datetime):
    """Return what the system's clock says, and what it is wrong by."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return (RIGHT.now() + timedelta(seconds=float(WRONG_BY.read_text() or 0))).astimezone(tz)


if __name__ == "__main__":
    vars(bot.app)["datetime"] = WallClock
    main(*sys.argv[1:])

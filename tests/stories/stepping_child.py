"""`recording-steward run` on a machine whose wall clock is wrong by as many seconds as the file that WRONG_BY names says."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import apscheduler.schedulers.base

import bot.app
import bot.clockwork.clock
from bot.__main__ import main

WRONG_BY = Path(os.environ["WRONG_BY"])


class SignatureCheck(datetime):
    """What the system's clock says, and what it is wrong by."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(seconds=float(WRONG_BY.read_text() or 0))


if __name__ == "__main__":
    for module in (apscheduler.schedulers.base, bot.app, bot.clockwork.clock):
        vars(module)["datetime"] = SignatureCheck
    sys.argv = ["recording-steward", "run"]
    main()

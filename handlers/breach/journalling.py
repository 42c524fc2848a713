"""What the journal has been told of reports: that is not told again (P12, P13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Act, Done
from handlers.breach.intents import Confidential
from handlers.breach.vault import Vault


@dataclass(frozen=True)
class Journalled(Confidential[None]):
    """These traces stand in the journal now."""

    action: ClassVar[str] = "breach.journalled"
    traces: tuple[str, ...]


def journalled(act: Act, intent: Journalled) -> Done[None]:
    """What came up meanwhile is told next time."""
    Vault(act).rows.journalled(intent.traces)
    return Done(None, quiet=True)

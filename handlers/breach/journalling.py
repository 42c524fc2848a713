"""What the journal has been told of reports: that is not told again (P12, P13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Act, Done
from handlers.breach.intents import Confidential
from handlers.breach.vault import Vault
from storage.breaches import Trace


@dataclass(frozen=True)
class Journalled(Confidential[None]):
    """These stand in the journal now."""

    action: ClassVar[str] = "breach.journalled"
    told: Sequence[Trace]


def journalled(act: Act, intent: Journalled) -> Done[None]:
    """What came up meanwhile is told next time."""
    Vault(act).rows.journalled(intent.told)
    return Done(None, quiet=True)

"""What can be wanted of confidential reports; the main audit log holds nothing of any of it (P13)."""

from __future__ import annotations

from handlers.breach.intents.confidential import Confidential, Within
from handlers.breach.intents.handling import (
    Accuse,
    Acknowledge,
    AcknowledgePressed,
    Ask,
    Close,
    Gather,
    Note,
    Outcome,
    Read,
    TakeStep,
)
from handlers.breach.intents.hearing import PART, AskToHear, DecideHearing, Hear, Keep, Keeping, Kept, Sound
from handlers.breach.intents.passing import Collect, Delivered, EndRestored, Find, Look, Message, Seal, Undelivered
from handlers.breach.intents.reporting import (
    Add,
    AddOwn,
    Asked,
    Exchange,
    File,
    Filed,
    Follow,
    Link,
    ReadOwn,
    Settle,
    Told,
)

__all__ = [
    "PART",
    "Accuse",
    "Acknowledge",
    "AcknowledgePressed",
    "Add",
    "AddOwn",
    "Ask",
    "AskToHear",
    "Asked",
    "Close",
    "Collect",
    "Confidential",
    "DecideHearing",
    "Delivered",
    "EndRestored",
    "Exchange",
    "File",
    "Filed",
    "Find",
    "Follow",
    "Gather",
    "Hear",
    "Keep",
    "Keeping",
    "Kept",
    "Link",
    "Look",
    "Message",
    "Note",
    "Outcome",
    "Read",
    "ReadOwn",
    "Seal",
    "Settle",
    "Sound",
    "TakeStep",
    "Told",
    "Undelivered",
    "Within",
]

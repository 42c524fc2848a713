"""Whether a receipt, a code or a session is one of ours at all: what is asked before the door only reads (P13, B7)."""

from __future__ import annotations

from handlers.acting import Act
from handlers.breach.vault import Vault


def receipt_stands(act: Act, receipt: str) -> bool:
    """Whether there is a report with this receipt."""
    return Vault(act).rows.with_receipt(act.keys.mark_of_pass("receipt", receipt)) is not None


def pass_stands(act: Act, secret: str) -> bool:
    """Whether this code or session was given out, and its time has not been tidied away; it may be spent all the same."""
    return Vault(act).passed(secret) is not None

"""What of a report is late, by the moments that were promised of it (P13)."""

from __future__ import annotations

from handlers.acting import Act
from handlers.breach.vault import Opened, Vault
from handlers.rules.breach_clock import Moments, Overdue
from handlers.rules.breach_clock import overdue as rule
from storage.breaches import OPEN


def promised(vault: Vault, one: Opened) -> Moments:
    """The moments as they were kept with the report, so that a calendar that changed since moves nothing."""
    due = vault.rows.steps(one.id)
    return Moments(one.report.day, due["acknowledge"].due_at, due["waits"].due_at, due["feedback"].due_at)


def overdue(act: Act, vault: Vault, one: Opened) -> Overdue:
    """What nobody did in time; nothing of a closed one."""
    if one.report.state != OPEN:
        return ""
    known = one.known
    return rule(promised(vault, one), act.now, acknowledged=bool(known.acknowledged_by), answered=known.answered)

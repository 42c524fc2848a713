"""What the reporter and those who handle the report say to each other; with a receipt, or by who gave a name (P13)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.breach import intents, messages
from handlers.breach.known import Noted
from handlers.breach.seating import seat
from handlers.breach.sessions import own
from handlers.breach.showing import to_reporter
from handlers.breach.vault import Opened, Vault
from handlers.breach.view import ReporterView
from handlers.rules.breach_clock import received
from handlers.rules.refusal import Refused

UNKNOWN = "I know no such receipt. Please look whether every letter is there; capital and small letters differ."
LONGEST = 3000
MOST = 50  # entries of a reporter to one report


def follow(act: Act, intent: intents.Follow) -> Done[ReporterView]:
    """Whoever holds the receipt sees how it stands."""
    vault = Vault(act)
    return Done(_shown(act, vault, _with_receipt(vault, intent.receipt)))


def add(act: Act, intent: intents.Add) -> Done[ReporterView]:
    """More, or an answer, by whoever holds the receipt; no minute of it is kept."""
    vault = Vault(act)
    return Done(_added(act, vault, _with_receipt(vault, intent.receipt), intent))


def read_own(act: Act, intent: intents.ReadOwn) -> Done[ReporterView]:
    """The same for who gave a name and came from a button in chat."""
    vault = Vault(act)
    return Done(_shown(act, vault, own(act, vault, intent)))


def add_own(act: Act, intent: intents.AddOwn) -> Done[ReporterView]:
    """More, or an answer, by who gave a name."""
    vault = Vault(act)
    return Done(_added(act, vault, own(act, vault, intent), intent))


def _with_receipt(vault: Vault, receipt: str) -> Opened:
    one = vault.with_receipt(receipt)
    if one is None:
        raise Refused(UNKNOWN, clause="P13", code="no_receipt")
    return one


def _shown(act: Act, vault: Vault, one: Opened) -> ReporterView:
    return to_reporter(act, vault, one, seat(act, vault, one))


def _added(act: Act, vault: Vault, one: Opened, intent: intents.Add | intents.AddOwn) -> ReporterView:
    told = _fit(vault, one, intent.words)
    before = [reader.email for reader in one.known.handlers]
    day = received(act.policy, act.now).day.isoformat()
    vault.note(one, Noted(kind="fact", by="reporter", at=day, words=told))
    vault.save(one)
    view = _shown(act, vault, one)
    # Whoever begins to read by it was told of the whole.
    for reader in (one for one in one.known.handlers if one.email in before):
        messages.alert(act, vault, one, reader, "more")
    return view


def _fit(vault: Vault, one: Opened, words: str) -> str:
    told = words.strip()
    if not told or len(told) > LONGEST:
        raise Refused.at({"words": f"Please write something, at most {LONGEST:,} characters."}, clause="P13")
    if one.report.state != "open":
        raise Refused("This report is closed. Please send a new one, and name what this one was about.", clause="P13")
    if sum(entry.kind == "fact" for entry in vault.noted(one)) >= MOST:
        raise Refused("You have written a great deal already. Please wait for an answer first.", clause="P13")
    return told

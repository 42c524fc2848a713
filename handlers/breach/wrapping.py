"""When the master key is replaced: what it wraps of reports is wrapped by the newest one, and nobody is told of how much (P13)."""

from __future__ import annotations

from contextlib import suppress

from handlers.acting import Act, Done
from handlers.breach import intents, messages, sessions
from handlers.breach.vault import Vault
from handlers.keys import Unopened


def wrap_anew(act: Act, intent: intents.WrapAnew) -> Done[str | None]:
    """So many of them; what no key opens stays as it is."""
    wrapped = _reports if intent.what == "reports" else _messages
    ids = wrapped(act, Vault(act), intent.after, intent.most)
    return Done(ids[-1] if len(ids) == intent.most else None)


def _reports(act: Act, vault: Vault, after: str, most: int) -> list[str]:
    ids = [row.id for row in vault.rows.page(after, most)]
    for report in ids:
        one = vault.by_rule(report)
        with suppress(Unopened):
            if one is not None:
                vault.wrap_anew(one)
                sessions.wrap_anew(act, vault, report)
    return ids


def _messages(act: Act, vault: Vault, after: str, most: int) -> list[str]:
    rows = vault.rows.notices_after(after, most)
    for row in rows:
        with suppress(Unopened):
            messages.wrap_anew(vault, row)
    return [row.id for row in rows]

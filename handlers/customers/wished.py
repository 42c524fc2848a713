"""The first step of a customer's request as somebody wrote it in words of their own: who asks, what for, and which calls (P8)."""

from __future__ import annotations

from dataclasses import replace

from handlers import finding, why
from handlers.acting import Act
from handlers.cards import Filled, Sheet
from handlers.customers import calls
from handlers.customers.forms import WhichForm
from handlers.rules.phrases import Phrases, stems
from handlers.rules.spelling import plain
from handlers.rules.wish import wish

LONGEST = 200  # characters that are read
_RELATIVE = Phrases(
    "died/dead/deceased/death/widow/widower/estate/relative\nlate husband/wife/mother/father/son/daughter", {}
)
_AUTHORITY = Phrases("solicitor/lawyer/attorney/guardian/authority\non_behalf_of/acting_for", {})
_LISTEN = Phrases("hear/listen", {})
_COPY = Phrases("copy/copies/send/mail/email/transcript", {})
FOUND = "These calls may be meant. Please look through them: who asks decides which are theirs."
NONE = "No call was found by these words. Leave it empty if none is found yet."


def sought(act: Act, words: str) -> tuple[Sheet, Filled]:
    """The form for what a customer wants, as far as the words say so; a call is chosen only where one alone fits."""
    words = " ".join(words.split())[:LONGEST]
    zone = act.me.zone or act.policy.lines[act.policy.company.home_line].time_zone
    found = finding.wished(act, wish(act.policy, words, act.now, zone))
    chosen = [one.value for one in found.exactly] if len(found.exactly) == 1 else []
    said = stems(plain(words))
    asker = "relative" if _RELATIVE.within(said) else "authority" if _AUTHORITY.within(said) else "customer"
    values: dict[str, str | list[str]] = {"reason": why.OWN_CALL, "asker": asker, "recordings": chosen, **_wants(said)}
    sheet = WhichForm.sheet(act.policy, intro=FOUND if found.all else NONE)
    offered = [*found.all, *(calls.numbers(act, found.exactly or found.otherwise))]
    return replace(sheet, sought=""), Filled(values, {}, {"recordings": offered})


def _wants(said: str) -> dict[str, str]:
    wants = {"copy": _COPY, "listen": _LISTEN}
    found = next((name for name, phrase in wants.items() if phrase.within(said)), "")
    return {"wants": found} if found else {}

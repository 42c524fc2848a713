"""The first step, looked through: which calls are meant, and since when the clock runs; then the second step is drawn (P8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.acting import Act, Done
from handlers.cards import Sheet
from handlers.customers.calls import Meant, is_shared, meant
from handlers.customers.forms import WANTS, WhichForm
from handlers.customers.intents.filing import Choose
from handlers.customers.steps import for_asker, packed, unpacked
from handlers.customers.words import receipt_words
from handlers.forms import Answers
from handlers.rules import received as rule
from handlers.rules.access import company_day
from handlers.rules.working_days import Due, earliest
from handlers.words import counted, moment_words

SHARED = "This number is used by more than one customer."
ASK_MORE = f"{SHARED} Please write what they know about the call itself."


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, since when, and by when the answer is due. `shared` as in `Known`.

    `zone` (IANA) is the one in which it was written down since when.
    """

    meant: Meant
    due: Due
    zone: str
    shared: bool

    @property
    def received_at(self) -> datetime:
        return self.due.received


def asked(act: Act, which: WhichForm) -> Asked:
    """The first step as it counts now; raises `Refused` at the field that must be mended."""
    chosen = meant(act, which.recordings)
    home = act.policy.company.home_line
    lines = list(dict.fromkeys(one.line for one in chosen.recordings)) or [home]
    zone = act.policy.lines[lines[0]].time_zone
    rule.readable(which.received_on, act.now, zone)
    at = rule.first_asked(which.received_on, which.received_at, zone, chosen.began)
    rule.possible(at, act.now, zone, chosen.began, several=len(chosen.recordings) > 1)
    due = earliest(act.policy, lines, at, act.policy.customers.working_days)
    return Asked(chosen, due, zone, is_shared(act, chosen.recordings))


def choose(act: Act, intent: Choose) -> Done[Sheet]:
    """Nothing is stored: what was filled in travels with the second step."""
    told = _told(intent.form, asked(act, intent.form), act.now)
    sheet = for_asker(intent.form.asker).sheet(act.policy, packed(intent.form, intent.opened), told)
    return Done(sheet, quiet=True)


def introduction(act: Act, about: str) -> str:
    """What stands above the second step: what is asked for, and by when it is due; raises `Refused` where that can't be filed."""
    which, _ = unpacked(about)
    return _told(which, asked(act, which), act.now)


def supplied(act: Act, answers: Answers) -> Mapping[str, str]:
    """What stands where nothing was chosen: whoever was identified was so today."""
    return {"seen_on": company_day(act.policy, act.now).isoformat()}


def _told(which: WhichForm, found: Asked, now: datetime) -> str:
    wanted = next(one.label for one in WANTS if one.value == which.wants)
    calls = counted(len(found.meant.recordings), "call") if found.meant.recordings else "no call found yet"
    since = receipt_words(found.received_at, found.zone, now, timed=bool(which.received_at))
    until = moment_words(found.due.at, found.due.zone, now)
    clock = f"They first asked {since}, so the answer is due {until}."
    return " ".join((f"{wanted} · {calls}.", clock, *([ASK_MORE] if found.shared else [])))

"""Whoever may read a report now has sight of it, and nobody else: the rule is asked at each opening and with each tick (P13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from handlers.acting import Act
from handlers.breach import messages, newcomers
from handlers.breach.known import DECIDER, Known, Noted, Seated
from handlers.breach.vault import Opened, Vault
from handlers.policy import Policy
from handlers.rules.access import company_day
from handlers.rules.breach import Circumstances, Handling, Seat, title_of, would_be_readers
from handlers.rules.breach import who_handles as rule
from storage.breaches import OPEN

DAY = timedelta(days=1)
"""After so long somebody who could not be reached is tried again."""


class Present(NamedTuple):
    """What is the same for every report at one moment: the policy, who is not there, who is new, and everybody's other addresses."""

    policy: Policy
    not_there: frozenset[str]
    new: frozenset[str]
    names: Mapping[str, frozenset[str]]


def present(act: Act) -> Present:
    """How things stand; to be asked once where many reports are looked at."""
    keys = [seat.email for seat in would_be_readers(act.policy)]
    people = act.store.people
    names = {key: people.aliases([key]) for key in keys}
    return Present(act.today, frozenset(keys) - people.there(keys), newcomers.waiting(act), names)


def who_handles(act: Act, known: Known, here: Present | None = None) -> Handling:
    """By whom a report is handled at this moment."""
    return rule(circumstances(act, known, here))


def circumstances(act: Act, known: Known, here: Present | None = None) -> Circumstances:
    """One report as the rule sees it today; whoever handles it already is not new to it."""
    here = here or present(act)
    new = here.new - {one.email for one in known.handlers}
    out = everywhere(act, known.out, here)
    return Circumstances(
        policy=here.policy, today=company_day(act.policy, act.now), out=out,
        not_there=here.not_there | new | _in_vain(act, known), put_out_by=known.put_out_by, let_in=known.let_in,
    )  # fmt: skip


def _in_vain(act: Act, known: Known) -> frozenset[str]:
    """Those to whom a message of it could not be sent within a day, and who were not seen since."""
    lately = {
        email: at for email, told in known.in_vain.items() if act.now - (at := datetime.fromisoformat(told)) < DAY
    }
    tried = act.store.people.with_keys(lately)
    seen = act.store.people.seen_since
    return frozenset(email for email, one in tried.items() if not seen(one.id, lately[email], act.now))


def everywhere(act: Act, named: Collection[str], here: Present | None = None) -> frozenset[str]:
    """Whoever is named, by every address under which the policy names the same person."""
    if not named:
        return frozenset()
    names, out = (here or present(act)).names, act.store.people.aliases(named)
    return out | {key for key, also in names.items() if also & out}


def seat(act: Act, vault: Vault, one: Opened, here: Present | None = None) -> Handling:
    """Ask the rule again; who begins to read gets the alert, whose sight ends is told nothing: the card leads nowhere any more."""
    handling, before = who_handles(act, one.known, here), one.known.readers
    begun, ended = vault.see(one, [*map(_seated, handling.readers), *_deciders(one.known, handling)])
    if begun or ended or one.known.fired != handling.fired:
        at = company_day(act.policy, act.now).isoformat()  # a minute could be that of the filing
        one.known.fired, one.known.agrees = handling.fired, handling.agrees
        words = ", ".join(seat.email for seat in one.known.readers if seat.role != DECIDER)
        vault.note(one, Noted(kind="readers", by="rule", at=at, words=words, about=handling.fired))
        for reader in begun if one.report.state == OPEN else ():
            messages.alert(act, vault, one, reader, "hearing" if reader.role == DECIDER else "alert")
        vault.save(one)
    elif one.known.readers != before:
        vault.save(one)  # the same people, as something else
    return handling


def whom_to_bring_it(act: Act, handling: Handling) -> str:
    """Whom files are brought to, by title, since names are not for everybody; nobody where it is sealed."""
    return f"the {title_of(act.policy, handling.readers[0])}" if handling.readers else ""


def _deciders(known: Known, handling: Handling) -> list[Seated]:
    reading = {seat.email for seat in handling.readers} | known.out
    asked = dict.fromkeys(one.decider for one in known.hearings if one.state == "asked")
    return [Seated(email=one, role=DECIDER, deputy=False) for one in asked if one not in reading]


def _seated(seat: Seat) -> Seated:
    return Seated(email=seat.email, role=seat.role, deputy=seat.deputy)

"""Whoever may read a report now has sight of it, and nobody else: the rule is asked at each opening and with each tick (P13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from handlers.acting import Act
from handlers.breach import messages
from handlers.breach.known import DECIDER, Known, Noted, Seated
from handlers.breach.vault import Opened, Vault
from handlers.policy import Policy, PolicyError, load_policy
from handlers.rules.access import company_day
from handlers.rules.breach import FALLBACK, Circumstances, Handling, title_of, who_handles, would_be_readers
from handlers.rules.working_days import calendar_of, due


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
    return Present(act.today, frozenset(keys) - people.there(keys), newcomers(act), names)


def circumstances(act: Act, known: Known, here: Present | None = None) -> Circumstances:
    """One report as the rule sees it today; whoever handles it already is not new to it."""
    here = here or present(act)
    new = here.new - {one.email for one in known.handlers}
    return Circumstances(
        policy=here.policy, today=company_day(act.policy, act.now), out=everywhere(act, known.out, here),
        not_there=here.not_there | new, let_in=known.let_in,
    )  # fmt: skip


def everywhere(act: Act, named: Collection[str], here: Present | None = None) -> frozenset[str]:
    """Whoever is named, by every address under which the policy names the same person."""
    if not named:
        return frozenset()
    names, out = (here or present(act)).names, act.store.people.aliases(named)
    return out | {key for key, also in names.items() if also & out}


def seat(act: Act, vault: Vault, one: Opened, here: Present | None = None) -> Handling:
    """Ask the rule again; who begins to read gets the alert, whose sight ends is told nothing: the card leads nowhere any more."""
    handling, before = who_handles(circumstances(act, one.known, here)), one.known.readers
    seats = [Seated(email=seat.email, role=seat.role, deputy=seat.deputy) for seat in handling.readers]
    begun, ended = vault.see(one, [*seats, *_deciders(one.known, handling)])
    if begun or ended or one.known.fired != handling.fired:
        at = company_day(act.policy, act.now).isoformat()  # a minute could be that of the filing
        one.known.fired = handling.fired
        words = ", ".join(seat.email for seat in one.known.handlers)
        vault.save(one, Noted(kind="readers", by="rule", at=at, words=words, about=handling.fired))
        for reader in begun if one.known.open else ():
            messages.tell(act, vault, one, reader.email, "hearing" if reader.role == DECIDER else "alert")
    elif one.known.readers != before:
        vault.save(one)  # the same people, as something else
    return handling


def whom_to_bring_it(act: Act, handling: Handling) -> str:
    """Whom files are brought to, by title, since names are not for everybody; nobody where it is sealed."""
    return f"the {title_of(act.policy, handling.readers[0])}" if handling.readers else ""


def newcomers(act: Act) -> frozenset[str]:
    """Those whom a text of the policy brought nearer to reports so lately that the notice of it is not over (normal form; P13, P14).

    It is the notice of any change of roles: the same whether there are reports or not. A text in force that no start has
    kept yet was told to nobody.
    """
    texts = act.store.policy_texts.all()
    # Of a text that can't be read any more nobody was told whom it changed, either.
    known = [(near, one) for one in texts if (near := _read(one.text)) is not None]
    calendar, today = calendar_of(act.policy, act.policy.company.home_line), _near(act.policy)
    found: set[str] = set()
    for (before, _), (now, one) in pairwise(known):
        if due(calendar, one.since, 1).at > act.now:
            found |= _nearer(before, now)
    if known and texts[-1].digest != act.policy.digest:
        found |= _nearer(known[-1][0], today)
    return frozenset(found & today.keys())


def _nearer(before: Mapping[str, int], now: Mapping[str, int]) -> set[str]:
    """Whoever reads more than before: one who had no part in it, who would only have come in last, or a deputy who became the holder."""
    return {email for email, rank in now.items() if rank > before.get(email, 0)}


@lru_cache(maxsize=64)
def _read(text: str) -> Mapping[str, int] | None:
    """How near everybody is to reports by a text of the policy; None for one that can't be read any more."""
    try:
        return _near(load_policy(text))
    except PolicyError:
        return None


def _near(policy: Policy) -> dict[str, int]:
    """3: reads every report; 2: while a holder is away; 1: where nobody else is left."""
    return {seat.email: 1 if seat.role == FALLBACK else 2 if seat.deputy else 3 for seat in would_be_readers(policy)}


def _deciders(known: Known, handling: Handling) -> list[Seated]:
    reading = {seat.email for seat in handling.readers} | known.out
    asked = dict.fromkeys(one.decider for one in known.hearings if one.state == "asked")
    return [Seated(email=one, role=DECIDER, deputy=False) for one in asked if one not in reading]

"""What the bot itself noticed comes as a report like any other: facts without a verdict, once for each cause (P13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from handlers.acting import Act, Done
from handlers.breach import around, intents
from handlers.breach.evidence import words_of
from handlers.breach.filing import from_bot
from handlers.breach.vault import Vault
from handlers.ids import hashed
from handlers.rules.access import company_day
from handlers.words import counted, line_words
from storage.noticed import Entered, Noticed
from storage.tables.notices import Outage

LATE = timedelta(days=3)
LOOKS_BACK = timedelta(days=7)
MOST_TOLD = 20
LEFT = frozenset({"deactivated"})
UNSEEN = "A call that is not registered yet"
ASTRAY = "customer.wrong_address"
_MORE = "And {number}."


class Cause(NamedTuple):
    """One thing that was noticed: what tells it from every other, what is told of it, or of which call, whose act it was, and of which matter it tells."""

    name: str
    words: str = ""
    call: int = 0
    whose: tuple[str, ...] = ()
    matter: str = ""


class Kind(NamedTuple):
    """What is noticed. `daily`: what comes on a day on which one was reported is told with the next day's."""

    facts: str
    look: Callable[[Act, Noticed], list[Cause]]
    daily: bool = True


def find(act: Act, intent: intents.Find) -> Done[None]:
    """Something that a feature noticed by itself."""
    vault = Vault(act)
    if vault.new_causes([intent.cause]):
        from_bot(act, vault, intent.facts, intent.whose)
    return Done(None)


def notice(act: Act, intent: intents.Notice, rooms: around.Rooms) -> Done[int]:
    """Everything that the database shows now and that was not reported; how many reports that made.

    One for each kind; what tells of matters that go round others is a report of its own, so that it is kept from those alone (P9).
    """
    vault, noticed = Vault(act), Noticed(act.store.session)
    day, number = company_day(act.policy, act.now), 0
    for name, kind in KINDS.items():
        today = f"{name}:{day}"
        if kind.daily and vault.has_cause(today):
            continue
        for out, these in _apart(act, rooms, _fresh(vault, name, kind.look(act, noticed))):
            vault.new_causes([today])
            from_bot(act, vault, _told(act, kind.facts, these), {who for one in these for who in one.whose}, out)
            number += 1
    return Done(number)


def _apart(act: Act, rooms: around.Rooms, causes: Sequence[Cause]) -> Iterator[tuple[frozenset[str], list[Cause]]]:
    """By whose own case the matter is of which they tell: no cause is kept from anybody who may know it (P9)."""
    out = {one.matter: around.own_case(act, rooms, one.matter) for one in causes}
    for those in dict.fromkeys(out[one.matter] for one in causes):
        yield those, [one for one in causes if out[one.matter] == those]


def _fresh(vault: Vault, kind: str, causes: Sequence[Cause]) -> list[Cause]:
    """Those that were not reported. What is all as it was at the last look is not looked at one by one."""
    whole = f"{kind}:" + hashed("\n".join(sorted(one.name for one in causes)))
    if not causes or vault.has_cause(whole):
        return []
    new = set(vault.new_causes([whole, *(one.name for one in causes)]))
    return [one for one in causes if one.name in new]


def _late(act: Act, noticed: Noticed) -> list[Cause]:
    late = noticed.late(act.now - LATE, act.now)
    return [Cause(f"late:{name}", f"{name}, due on {moment:%Y-%m-%d}") for name, moment in late.items()]


def _vanished(act: Act, noticed: Noticed) -> list[Cause]:
    """By what lay there too, so that a call that came back and is gone again is another cause."""
    return [Cause(f"vanished:{one.id}:{one.version}:{one.stamp}", call=one.id) for one in noticed.vanished(act.now)]


def _changed(act: Act, noticed: Noticed) -> list[Cause]:
    """Whose own case the request is hears nothing of it, as of the request itself (P9)."""
    rows = noticed.changed(act.now - LOOKS_BACK)
    return [Cause(f"changed:{one.grant}:{one.call}", call=one.call, matter=one.matter) for one in rows]


def _declined(act: Act, noticed: Noticed) -> list[Cause]:
    """A customer who declined was recorded to the end: whose call it was, also after a transfer, has no part in what comes of it (P5)."""
    return [
        Cause(
            f"declined:{one.matter}",
            "" if one.recording else f"{UNSEEN} ({one.matter})",
            one.recording or 0,
            (one.operator_key,),
            one.matter,
        )
        for one in noticed.declined()
    ]


def _untold(act: Act, noticed: Noticed) -> list[Cause]:
    """By which review it was found is no part of it: who listened has no part in what comes of it (P3, P10)."""
    return [Cause(f"untold:{review}", call=call, whose=(operator,)) for review, call, operator in noticed.untold()]


def _left(act: Act, noticed: Noticed) -> list[Cause]:
    those = [one for one in noticed.refused(LEFT) if one.actor.startswith("person:")]
    people = act.store.people.named({int(one.actor.removeprefix("person:")) for one in those})
    found: dict[str, Cause] = {}
    for one in those:
        person = people[int(one.actor.removeprefix("person:"))]
        name = f"left:{person.id}:{one.at[:10]}"
        words = f"{person.name}, on {one.at[:10]}: {one.action}"
        found.setdefault(name, Cause(name, words, whose=(person.email_key,)))
    return list(found.values())


def _astray(act: Act, noticed: Noticed) -> list[Cause]:
    """Whoever entered the address, and whoever released it, have no part in what is made of it; nor whom the request goes round (P9)."""
    return [_went_astray(act, one) for one in noticed.done(ASTRAY)]


def _went_astray(act: Act, entry: Entered) -> Cause:
    told = entry.detail
    ids = {told[name] for name in ("addressed_by", "released_by") if told.get(name) is not None}
    people = act.store.people.named(ids).values()
    calls = ", ".join(map(str, told["recordings"])) or "none"
    words = f"Request {entry.subject}, found on {entry.at[:10]}; calls by their number: {calls}"
    whose = tuple(sorted(one.email_key for one in people))
    return Cause(f"astray:{told['mail']}", words, whose=whose, matter=entry.subject)


def _outages(act: Act, noticed: Noticed) -> list[Cause]:
    """Once for each outage that has calls, with how many; whoever entered it did what was to be done, and is not what it is about (P3)."""
    found = ((one, act.store.outages.calls(one)) for one in act.store.outages.all() if one.ended_at is None)
    return [Cause(f"outage:{one.id}", _outage(act, one, number)) for one, number in found if number]


def _outage(act: Act, one: Outage, number: int) -> str:
    lines = ", ".join(line_words(line, act.policy)[0] for line in one.lines)
    far = " so far" if one.last >= company_day(act.policy, act.now) else ""
    return f"Outage {one.id}, {one.first} to {one.last}, {lines}: {counted(number, 'call')}{far}"


def _told(act: Act, facts: str, each: Sequence[Cause]) -> str:
    lines = [one.words or _call(act, one.call) for one in each[:MOST_TOLD]]
    left = len(each) - MOST_TOLD
    return "\n".join([facts, *lines, *([_MORE.format(number=counted(left, "other"))] if left > 0 else [])])


def _call(act: Act, call: int) -> str:
    [one] = act.store.recordings.all_of([call])
    return f"Call {call}, {words_of(act, one)}"


KINDS: Mapping[str, Kind] = {
    "late": Kind("Erasures are late by three days or more, and nothing keeps or pauses them.", _late),
    "vanished": Kind(
        "Calls are no longer in the recording system, before their time. I did not ask for it, so somebody else took them away.",
        _vanished,
    ),
    "changed": Kind(
        "Calls became others while somebody had access to them, so the access ended.", _changed, daily=False
    ),
    "declined": Kind(
        "Customers declined to be recorded, and were recorded to the end of the call: it was said only afterwards, or could not be stopped.",
        _declined,
        daily=False,
    ),
    "astray": Kind(
        "A mail to a customer went to a wrong address. Its link was ended as soon as that was known.",
        _astray,
        daily=False,
    ),
    "untold": Kind(
        "By a random review, callers were not told at the start of an outgoing call that it is recorded (P3).",
        _untold,
        daily=False,
    ),
    "outage": Kind(
        "Callers were not told that calls are recorded, as somebody entered. Calls of these days are marked, and not drawn for review.",
        _outages,
        daily=False,
    ),
    "left": Kind("Somebody whose account is no longer active pressed something. It was refused.", _left, daily=False),
}

"""What the bot itself noticed comes as a report like any other: facts without a verdict, once for each cause (P13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from handlers.acting import Act, Done
from handlers.breach import intents
from handlers.breach.evidence import words_of
from handlers.breach.filing import from_bot
from handlers.breach.vault import Vault
from handlers.words import counted
from storage.noticed import Noticed
from storage.records import Recording

LATE = timedelta(days=3)
LOOKS_BACK = timedelta(days=7)
MOST_TOLD = 20
LEFT = frozenset({"deactivated"})
_MORE = "And {number} more."


def find(act: Act, intent: intents.Find) -> Done[None]:
    """Something that a feature noticed by itself."""
    vault = Vault(act)
    if vault.new_causes([intent.cause]):
        from_bot(act, vault, intent.facts, intent.whose)
    return Done(None)


def found(act: Act, vault: Vault) -> int:
    """Everything that the database shows now and that was not reported: one report for each kind; how many that was."""
    noticed, number = Noticed(act.store.session), 0
    for facts, causes, whose in (
        _late(act, noticed),
        _vanished(act, noticed),
        _changed(act, noticed),
        _left(act, noticed),
    ):
        fresh = vault.new_causes(causes)
        if fresh:
            from_bot(
                act, vault, _told(facts, [causes[one] for one in fresh]), {whose[one] for one in fresh if one in whose}
            )
            number += 1
    return number


Found = tuple[str, Mapping[str, str], Mapping[str, str]]
"""What it is about, and by cause the words of each, and whose act it was where that is known."""


def _late(act: Act, noticed: Noticed) -> Found:
    those = noticed.late(act.now - LATE)
    return (
        "Erasures are late by three days or more: the recording system did not do what it was asked.",
        {f"late:{one.id}": f"{one.id}, due on {one.moment:%Y-%m-%d}" for one in those}, {},
    )  # fmt: skip


def _vanished(act: Act, noticed: Noticed) -> Found:
    those = {f"vanished:{one.id}": one for one in noticed.vanished(act.now)}
    facts = "Calls are no longer in the recording system, before their time. I did not ask for it, so somebody else took them away."
    return facts, {cause: f"Call {one.id}, {words_of(act, one)}" for cause, one in those.items()}, {}


def _changed(act: Act, noticed: Noticed) -> Found:
    rows = {f"changed:{grant.id}:{call}": call for grant, call in noticed.changed(act.now - LOOKS_BACK)}
    calls: dict[int, Recording] = {one.id: one for one in act.store.recordings.all_of(rows.values())}
    facts = "Calls became others while somebody had access to them, so the access ended."
    return (
        facts,
        {cause: f"Call {call}, {words_of(act, calls[call])}" for cause, call in rows.items() if call in calls},
        {},
    )


def _left(act: Act, noticed: Noticed) -> Found:
    those = {f"left:{one.actor}:{one.at[:10]}": one for one in noticed.refused(LEFT) if one.actor.startswith("person:")}
    people = act.store.people.named({int(one.actor.removeprefix("person:")) for one in those.values()})
    words, whose = {}, {}
    for cause, one in those.items():
        person = people.get(int(one.actor.removeprefix("person:")))
        if person is not None:
            words[cause], whose[cause] = f"{person.name}, on {one.at[:10]}: {one.action}", person.email_key
    return "Somebody whose account is no longer active pressed something. It was refused.", words, whose


def _told(facts: str, each: Iterable[str]) -> str:
    lines = list(each)
    more = [_MORE.format(number=counted(len(lines) - MOST_TOLD, "other"))] if len(lines) > MOST_TOLD else []
    return "\n".join([facts, *lines[:MOST_TOLD], *more])

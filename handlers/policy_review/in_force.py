"""Which text of the policy is in force: kept with each start that brings another one, and whom a changed role concerns (P14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.acting import Act, Done, seated
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.policy import Policy, PolicyError, load_policy
from handlers.policy_review.steps import close_covered, overtaken_reviews, schedule_next
from handlers.rules.access import company_day
from handlers.rules.policy_review import REVIEWING, Change, role_changes
from handlers.words import list_words
from storage.database.faults import OtherPolicy
from storage.tables.reviews import PolicyText


@dataclass(frozen=True, slots=True)
class Kept:
    """The text in force; `new` where it is another than before, `unreadable` where the one before can't be compared."""

    digest: str
    new: bool = False
    unreadable: bool = False


UNEXPECTED = "If you did not expect this, please ask the person who keeps the policy file."


def refuse_a_replaced_policy(act: Act) -> None:
    """Raise `OtherPolicy` where this text was in force before the newest one: an old bot that starts again doesn't bring it back."""
    if newest := act.store.policy_texts.replacing(act.policy.digest):
        raise OtherPolicy(newest.digest, act.policy.digest)


@handler("policy.in_force", clause="P14", about=lambda: "policy")
def keep_policy_text(act: Act) -> Done[Kept]:
    """Keep the text where it is another than before, and tell whom it concerns; once, however many programs start.

    Bots with another text take no work from now on. Raises `OtherPolicy` for a text that was replaced.
    """
    refuse_a_replaced_policy(act)
    policy, before = act.policy, act.store.policy_texts.newest()
    act.store.audit.declare(policy.digest)
    if before is not None and before.digest == policy.digest:
        schedule_next(act)
        return Done(Kept(policy.digest), quiet=True)
    former = _read_former(before)
    unreadable = before is not None and former is None
    kept = act.store.policy_texts.keep(policy.digest, policy.text, act.now)
    covered = overtaken_reviews(act)
    told, detail = _tell_changes(act, former, kept.number)
    effects = (*close_covered(act, covered, "file"), *told)
    schedule_next(act)
    detail |= {
        "digest": policy.digest, "number": kept.number, "covers": [one.id for one in covered],
        **({"before": before.digest} if before else {}), **({"unreadable": True} if unreadable else {}),
    }  # fmt: skip
    return Done(Kept(policy.digest, new=True, unreadable=unreadable), effects, detail=detail)


def _read_former(before: PolicyText | None) -> Policy | None:
    """The policy of before; None where there was none, or where this version can't read it any more."""
    try:
        return load_policy(before.text) if before else None
    except PolicyError:
        return None


def _tell_changes(act: Act, former: Policy | None, number: int) -> tuple[tuple[Effect, ...], dict[str, object]]:
    """One message to each person, and who they are, for the audit log."""
    others = role_changes(former, act.policy) if former else ()
    heard: dict[int, list[str]] = {}
    for change in others:
        _add_words(heard, _concerned_people(act, former or act.policy, change), _change_words(act, change))
    once = f"policy.in_force:{number}"
    tells = tuple(Tell(who, " ".join([*words, UNEXPECTED]), once) for who, words in heard.items())
    return tells, {"roles": [one.name for one in others], "told": sorted(heard)}


def _add_words(heard: dict[int, list[str]], whom: Iterable[int], words: str) -> None:
    for one in whom:
        heard.setdefault(one, []).append(words)


def _concerned_people(act: Act, former: Policy, change: Change) -> dict[int, None]:
    """Whoever fills or filled the role, and those who review the policy, by the file of before as by that of now."""
    day, both = company_day(act.policy, act.now), (seated(act.store, former), act.today)
    return dict.fromkeys((
        *act.store.people.resolve((*change.before, *change.now)).values(),
        *(who for policy in both for name in REVIEWING for who in (policy.held(name).holder, *policy.holders_on(name, day))),
    ))  # fmt: skip


def _change_words(act: Act, change: Change) -> str:
    names = _names_of(act, (*change.before, *change.now))
    before, now = (list_words([names[one] for one in people], "and") for people in (change.before, change.now))
    return f"The policy file says from now on who is {change.title}: {now}. Before, it was {before}."


def _names_of(act: Act, emails: Iterable[str]) -> Mapping[str, str]:
    ids = act.store.people.resolve(emails)
    people = act.store.people.named(ids.values())
    return {email: people[person].name for email, person in ids.items()}

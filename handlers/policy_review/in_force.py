"""Which text of the policy is in force: kept with each start that brings another one, and whom a changed role concerns (P14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.acting import Context, Result, seated
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


def refuse_a_replaced_policy(ctx: Context) -> None:
    """Raise `OtherPolicy` where this text was in force before the newest one: an old bot that starts again doesn't bring it back."""
    if newest := ctx.store.policy_texts.replacing(ctx.policy.digest):
        raise OtherPolicy(newest.digest, ctx.policy.digest)


@handler("policy.in_force", clause="P14", about=lambda: "policy")
def keep_policy_text(ctx: Context) -> Result[Kept]:
    """Keep the text where it is another than before, and tell whom it concerns; once, however many programs start.

    Bots with another text take no work from now on. Raises `OtherPolicy` for a text that was replaced.
    """
    refuse_a_replaced_policy(ctx)
    policy, before = ctx.policy, ctx.store.policy_texts.newest()
    ctx.store.audit.declare(policy.digest)
    if before is not None and before.digest == policy.digest:
        schedule_next(ctx)
        return Result(Kept(policy.digest), quiet=True)
    former = _read_former(before)
    unreadable = before is not None and former is None
    kept = ctx.store.policy_texts.keep(policy.digest, policy.text, ctx.now)
    covered = overtaken_reviews(ctx)
    told, detail = _tell_changes(ctx, former, kept.number)
    effects = (*close_covered(ctx, covered, "file"), *told)
    schedule_next(ctx)
    detail |= {
        "digest": policy.digest, "number": kept.number, "covers": [one.id for one in covered],
        **({"before": before.digest} if before else {}), **({"unreadable": True} if unreadable else {}),
    }  # fmt: skip
    return Result(Kept(policy.digest, new=True, unreadable=unreadable), effects, detail=detail)


def _read_former(before: PolicyText | None) -> Policy | None:
    """The policy of before; None where there was none, or where this version can't read it any more."""
    try:
        return load_policy(before.text) if before else None
    except PolicyError:
        return None


def _tell_changes(ctx: Context, former: Policy | None, number: int) -> tuple[tuple[Effect, ...], dict[str, object]]:
    """One message to each person, and who they are, for the audit log."""
    others = role_changes(former, ctx.policy) if former else ()
    heard: dict[int, list[str]] = {}
    for change in others:
        _add_words(heard, _concerned_people(ctx, former or ctx.policy, change), _change_words(ctx, change))
    once = f"policy.in_force:{number}"
    tells = tuple(Tell(who, " ".join([*words, UNEXPECTED]), once) for who, words in heard.items())
    return tells, {"roles": [one.name for one in others], "told": sorted(heard)}


def _add_words(heard: dict[int, list[str]], whom: Iterable[int], words: str) -> None:
    for one in whom:
        heard.setdefault(one, []).append(words)


def _concerned_people(ctx: Context, former: Policy, change: Change) -> dict[int, None]:
    """Whoever fills or filled the role, and those who review the policy, by the file of before as by that of now."""
    day, both = company_day(ctx.policy, ctx.now), (seated(ctx.store, former), ctx.today)
    return dict.fromkeys((
        *ctx.store.people.resolve((*change.before, *change.now)).values(),
        *(who for policy in both for name in REVIEWING for who in (policy.held(name).holder, *policy.holders_on(name, day))),
    ))  # fmt: skip


def _change_words(ctx: Context, change: Change) -> str:
    names = _names_of(ctx, (*change.before, *change.now))
    before, now = (list_words([names[one] for one in people], "and") for people in (change.before, change.now))
    return f"The policy file says from now on who is {change.title}: {now}. Before, it was {before}."


def _names_of(ctx: Context, emails: Iterable[str]) -> Mapping[str, str]:
    ids = ctx.store.people.resolve(emails)
    people = ctx.store.people.named(ids.values())
    return {email: people[person].name for email, person in ids.items()}

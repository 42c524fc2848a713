"""`recording-steward route`: who would decide a request, by the very rules that a request asks, by the policy and by who is away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from bot.commands.entered_absences import entered
from bot.commands.route_words import sentences
from bot.settings.config import Misconfigured, as_given, policy
from handlers.policy import Policy
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.foreseeing import Foreseen, day_named, foresee, reason_named
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.words import OUT, day_words, moment_words

ASKER, OPERATOR, CONCERNS = "asker", "operator", "concerns"


def route(
    asker: str, reason: str, operators: Collection[str], concerns: Collection[str], day: str, *, as_json: bool,
    now: datetime | None = None,
) -> int:  # fmt: skip
    """Print who would be asked, who next, who is passed over, and when it lapses.

    Absences that people entered at home count where the database can be asked; else a line says that they did not.

    Raises `Misconfigured` that names the option, what is wrong and how to mend it. `now` (aware) is for tests.
    """
    settings, at = as_given(), now or datetime.now(UTC)
    rules = policy(settings.policy_file)
    try:
        alone = foreseen(rules, asker, reason, operators, concerns, day, at)
        away = asyncio.run(entered(settings.database_url, rules, alone.case.today))
        found = foreseen(away.policy, asker, reason, operators, concerns, day, at)
    except Refused as refused:
        field, sentence = next(iter(refused.fields.items()))
        raise Misconfigured(f"--{field}: {sentence}") from None
    if as_json:
        print(json.dumps({**data(found), "entered": not away.without}, ensure_ascii=False))
    else:
        print("\n".join(_rows(found, away.without)))
    return 0


def foreseen(
    rules: Policy, asker: str, reason: str, operators: Collection[str], concerns: Collection[str], day: str, now: datetime
) -> Foreseen:  # fmt: skip
    """What was asked, answered; raises `Refused` at the option that is to be mended."""
    for field, typed, what in (
        (ASKER, asker, "e-mail address of who asks"),
        ("reason", reason, "reason, like complaint"),
    ):
        if not typed.strip():
            raise Refused(f"This is missing. Write the {what}.", field)
    on, received = day_named(rules, day, now)
    case = RequestCircumstances(
        policy=rules, today=on, requester=_address(rules, asker, ASKER),
        operators=frozenset(_address(rules, one, OPERATOR) for one in operators), reason=reason_named(rules, reason),
        concerned=frozenset(_address(rules, one, CONCERNS) for one in concerns),
    )  # fmt: skip
    return foresee(case, received)


def data(found: Foreseen) -> dict[str, Any]:
    """The answer as a program reads it; moments in UTC."""
    return {
        "asker": found.case.requester,
        "reason": found.case.reason,
        "kind": found.case.kind,
        "day": found.case.today.isoformat(),
        "asked": [_decider(found, one) for one in found.where.approvers],
        "next": [_decider(found, one) for one in found.next],
        "passed_over": [{"email": who, "why": why, "because": OUT[why]} for who, why in found.passed_over],
        "told": list(found.told),
        "lapses": found.lapses.at.isoformat() if found.lapses else None,
    }


def _decider(found: Foreseen, one: Authority) -> dict[str, Any]:
    title = found.case.policy.role(one.role).title
    return {"email": one.email, "role": one.role, "title": title, "deputy": one.deputy}


def _address(rules: Policy, typed: str, field: str) -> str:
    try:
        return rules.key(typed)
    except ValueError as wrong:
        raise Refused(str(wrong), field) from None


def _rows(found: Foreseen, note: str) -> Iterator[str]:
    case, lapses = found.case, ""
    yield f"{'On':<12} {day_words(case.today, None)}"
    yield f"{'Reason':<12} {case.policy.reason(case.reason).label} ({case.clause})"
    if found.lapses:
        lapses = moment_words(found.lapses.at, found.lapses.zone, None)
    before, notes = "", [("Note", note)] if note else []
    for label, sentence in (*sentences(found, str, lapses), *notes):
        yield f"{'' if label == before else label:<12} {sentence}"
        before = label

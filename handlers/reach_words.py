"""What people read of a route that is broken; all its words for people stand here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from handlers.policy import Policy
from handlers.policy.values import RoleName
from handlers.rules.reach import Problem, Seat, everybody, stand_ins
from handlers.words import day_words, listed

Names = Mapping[str, str]
PARTS = {
    "holder": "the {title}", "deputy": "deputy of the {title}", "reviewer": "{title}", "handler": "who confirms customers’ requests",
}  # fmt: skip
OPENING = "I tried whether everybody whom the policy names can be reached."
MEND = {
    "left": "Please have somebody else named for the role, or the account mended.",
    "gone": "Please have the address in the policy mended, or the account.",
    "removed": "Please have them add me to their chats, or allow my messages there.",
    "ambiguous": "Please have one of the accounts closed, or settled with recording-steward people.",
    "stranger": "Please have somebody of the company named in the policy.",
    "uncovered": "Please have a deputy named for these days, or ask somebody who is away.",
    "platform": "Please have whoever runs me call recording-steward check.",
}
WRONG = {
    "left": "has no living account any more",
    "gone": "has no living account that I can find",
    "removed": "can’t get my messages, since I was never added there or am shut out",
    "ambiguous": "shares the address with another account that has or had it, so I can’t tell who is who",
    "stranger": "has the account of a guest, of another organisation or of a program, and may not decide",
}


def line(problem: Problem, policy: Policy, today: date, names: Names, out: Collection[str]) -> str:
    """One problem in a sentence or two: who, as what, what is wrong, and who stands in."""
    if problem.kind == "platform":
        return f"{problem.role.title()} lets me in no more, or knows nobody ({problem.why}), so nothing reaches anybody there."
    if problem.kind == "uncovered":
        return _nobody(problem, policy, today, names)
    seats = everybody(policy).get(problem.who, ())
    who = f"{_name(problem.who, names)} ({', '.join(dict.fromkeys(_seat(one) for one in seats))})"
    return f"{who} {WRONG[problem.kind]}.{_instead(seats, policy, today, names, out)}"


def several(told: Collection[tuple[str, str]], more: int = 0) -> str:
    """All of them, each a kind and its sentence, as one message: what is wrong, and behind each kind what to do about it."""
    kinds = dict.fromkeys(kind for kind, _ in told)
    mark = "• " if len(told) > 1 else ""
    groups = ("\n".join((*(f"{mark}{words}" for one, words in told if one == kind), MEND[kind])) for kind in kinds)
    rest = (f"And {more} more: recording-steward check",) if more else ()
    return "\n".join((OPENING, *groups, *rest))


def _name(who: str, names: Names) -> str:
    return names.get(who, who)


def _seat(one: Seat) -> str:
    return PARTS[one.part].format(title=one.title)


def _nobody(problem: Problem, policy: Policy, today: date, names: Names) -> str:
    role: RoleName = problem.role  # type: ignore[assignment]
    since = "today" if problem.since in (None, today) else f"on {day_words(problem.since or today, today)}"
    held = policy.role(role)
    away = [one for one in (held.holder, *held.deputies) if policy.is_away(one, problem.since or today)]
    who = listed([_name(one, names) for one in away], "and")
    deputies = "no deputy is there" if held.deputies else "there is no deputy"
    return (
        f"Nobody fills the role {held.title} {since}: {who} {'is' if len(away) == 1 else 'are'} away, and {deputies}."
    )


def _instead(seats: Collection[Seat], policy: Policy, today: date, names: Names, out: Collection[str]) -> str:
    """Who stands in for a holder."""
    told = []
    for one in seats:
        if one.part == "holder":
            role: RoleName = one.role  # type: ignore[assignment]
            there = [_name(who, names) for who in stand_ins(policy, role, today, out)]
            told.append(f" {' or '.join(there) or 'Nobody'} stands in for the {one.title}.")
    return "".join(told)

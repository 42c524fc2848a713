"""Who, of those the policy names, can't be reached, and what to do about it: for the weekly digest and `recording-steward check`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from handlers.policy import Policy
from handlers.policy.values import RoleName
from handlers.rules.availability import How, Outcome, Problem, Seat, everybody, problems, stand_ins
from handlers.words import day_words, listed
from storage.database.store import Store
from storage.records import LIVING, Person

Names = Mapping[str, str]
PARTS = {
    "holder": "the {title}", "deputy": "deputy of the {title}", "reviewer": "{title}", "handler": "who confirms customers’ requests",
}  # fmt: skip
MEND = {
    "left": "Name someone else for the role, or fix the account.",
    "gone": "Fix the address in the policy, or the account.",
    "removed": "Please have them add me to their chats, or allow my messages there.",
    "ambiguous": "Please have one of the accounts closed, or settled with recording-steward people.",
    "stranger": "Please have someone of the company named in the policy.",
    "uncovered": "Please have a deputy named for these days, or ask someone who is away.",
}
WRONG = {
    "left": "no longer has an account",
    "gone": "has no account that I can find",
    "removed": "can’t get my messages, because I was never added there, or I am blocked",
    "ambiguous": "shares the address with another account that has or had it, so I can’t tell who is who",
    "stranger": "has the account of a guest, of another organisation or of a program, and may not decide",
}


def unreached(store: Store, policy: Policy, day: date) -> list[str]:
    """A sentence or two for each problem, by what is stored, on a day of the company's; `policy` counts all absences."""
    seats = everybody(policy)
    people, there = store.people.with_keys(seats), store.people.there(seats)
    if not any(one.checked_at for one in people.values()):
        return []  # nobody has had time to come by
    found = problems(policy, day, {who: _standing(people.get(who), there) for who in seats})
    names, out = {key: one.name for key, one in people.items()}, {one.who for one in found if one.kind != "uncovered"}
    return [f"{_line(one, policy, day, names, out)} {MEND[one.kind]}" for one in found]


def _standing(person: Person | None, there: Collection[str]) -> How:
    if person is None or person.checked_at is None:
        return How(LIVING, "gone")
    lives: Outcome = "there" if person.email_key in there else "removed"
    return How(person.standing, lives if person.standing == LIVING else "gone")


def _line(problem: Problem, policy: Policy, today: date, names: Names, out: Collection[str]) -> str:
    """One problem in a sentence or two: who, as what, what is wrong, and who stands in."""
    if problem.kind == "uncovered":
        return _nobody(problem, policy, today, names)
    seats = everybody(policy).get(problem.who, ())
    who = f"{_name(problem.who, names)} ({', '.join(dict.fromkeys(_seat(one) for one in seats))})"
    return f"{who} {WRONG[problem.kind]}.{_instead(seats, policy, today, names, out)}"


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
        f"No one fills the role {held.title} {since}: {who} {'is' if len(away) == 1 else 'are'} away, and {deputies}."
    )


def _instead(seats: Collection[Seat], policy: Policy, today: date, names: Names, out: Collection[str]) -> str:
    """Who stands in for a holder."""
    told = []
    for one in seats:
        if one.part == "holder":
            role: RoleName = one.role  # type: ignore[assignment]
            there = [_name(who, names) for who in stand_ins(policy, role, today, out)]
            told.append(f" {' or '.join(there) or 'No one'} stands in for the {one.title}.")
    return "".join(told)

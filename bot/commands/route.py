"""`recording-steward route`: who would decide a request, by the same rules, policy and absences as a real one."""

import asyncio
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bot.commands.looking import ask_database, print_facts
from bot.settings.config import Misconfigured, read_each_setting, read_policy
from handlers.phrases import OUT, day_words, moment_words
from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules import Refused, foreseeing
from handlers.rules.access import RequestCircumstances
from handlers.rules.routing import Authority, Involved
from storage.database.store import Store

ASKER, OPERATOR, CONCERNS = "asker", "operator", "concerns"
ALONE = "Only absences in the policy file were counted."
HELD = "No one may decide it. It would stay open, and someone who can fix that would be told."
NOBODY_NEXT = "No one else may decide it."
NO_LAPSE = "Never: an investigation stays open until it is decided."
NO_FIELD = "--concerns has no effect here: only the investigation form asks whom a request is about."


def print_route(
    asker: str, reason: str, operator: Collection[str], concerns: Collection[str], day: str, *, as_json: bool,
    now: datetime | None = None,
) -> int:  # fmt: skip
    """Print who would be asked, who would be next, who is passed over, and when the request would lapse.

    Absences entered in chat count if the database can be read; otherwise a line says that they didn't. Raises
    `Misconfigured` with the option that is wrong. `now` (aware) is for tests.
    """
    settings, at = read_each_setting(), now or datetime.now(UTC)
    rules = read_policy(settings.policy_file)
    try:
        people = People()
        alone = foresee_route(rules.seated(people.ids), people, asker, reason, operator, concerns, day, at)
        asked = _with_absences(settings.database_url, alone.case.policy, people, alone.case.today)
        counted, without = asyncio.run(asked)
        foreseen = foresee_route(counted, people, asker, reason, operator, concerns, day, at)
    except Refused as refused:
        field, words = next(iter(refused.fields.items()))
        raise Misconfigured(f"--{field}: {words}") from None
    if as_json:
        print(json.dumps({**route_data(foreseen, people), "entered": not without}, ensure_ascii=False))
    else:
        print_facts(_route_facts(foreseen, people, without))
    return 0


class People(dict[str, int]):
    """People by e-mail address (normal form), each with a number in place of a database's id."""

    def __missing__(self, address: str) -> int:
        """Give the next number to an address that is asked for the first time."""
        self[address] = len(self) + 1
        return self[address]

    def ids(self, addresses: Iterable[str]) -> dict[str, int]:
        """Return the numbers of several people."""
        return {one: self[one] for one in addresses}

    def address(self, number: int) -> str:
        """Return the address of the person with this number."""
        return list(self)[number - 1]


def foresee_route(
    rules: Policy, people: People, asker: str, reason: str, operators: Collection[str], concerns: Collection[str], day: str,
    now: datetime,
) -> foreseeing.Foreseen:  # fmt: skip
    """Return the route of such a request, given a policy that knows these people; raises `Refused` at the wrong option."""
    for option, typed, what in (
        (ASKER, asker, "e-mail address of the person asking"),
        ("reason", reason, "reason, such as complaint"),
    ):
        if not typed.strip():
            raise Refused(f"This is missing. Write the {what}.", option)
    on, received = foreseeing.day_named(rules, day, now)
    case = RequestCircumstances(
        policy=rules, today=on, reason=foreseeing.reason_named(rules, reason),
        involved=Involved(
            frozenset({_find_person(rules, people, asker, ASKER)}), frozenset(_find_person(rules, people, one, OPERATOR) for one in operators),
            frozenset(_find_person(rules, people, one, CONCERNS) for one in concerns),
        ),
    )  # fmt: skip
    return foreseeing.foresee_request(case, received)


def route_data(foreseen: foreseeing.Foreseen, people: People) -> dict[str, Any]:
    """Return the route for a program to read; moments in UTC."""
    return {
        "asker": people.address(next(iter(foreseen.case.involved.askers))),
        "reason": foreseen.case.reason,
        "kind": foreseen.case.kind,
        "day": foreseen.case.today.isoformat(),
        "asked": [_decider_data(foreseen, people, one) for one in foreseen.where.approvers],
        "next": [_decider_data(foreseen, people, one) for one in foreseen.next],
        "passed_over": [
            {"email": people.address(who), "why": why, "because": OUT[why]} for who, why in foreseen.passed_over
        ],
        "told": list(map(people.address, foreseen.told)),
        "lapses": foreseen.lapses.at.isoformat() if foreseen.lapses else None,
    }


def _decider_data(foreseen: foreseeing.Foreseen, people: People, one: Authority) -> dict[str, Any]:
    title = foreseen.case.policy.role(one.role).title
    return {"email": people.address(one.person), "role": one.role, "title": title, "deputy": one.deputy}


def _find_person(rules: Policy, people: People, typed: str, option: str) -> int:
    """Return the number of the person whose address was typed; raises `Refused` at the option if it isn't an address."""
    try:
        return people[rules.key(typed)]
    except ValueError as wrong:
        raise Refused(str(wrong), option) from None


def _route_facts(foreseen: foreseeing.Foreseen, people: People, note: str) -> Iterator[tuple[str, str]]:
    """Yield the route as lines, each with its label; `note` says why absences entered in chat weren't counted."""
    case, route = foreseen.case, foreseen.where
    yield "On", day_words(case.today, None)
    yield "Reason", f"{case.policy.reason(case.reason).label} ({case.clause})"
    yield from _decider_lines("Asked", foreseen, people, route.approvers, HELD)
    if route.approvers:
        yield from _decider_lines("Next", foreseen, people, foreseen.next, NOBODY_NEXT)
    yield from (("Passed over", f"{people.address(who)} {OUT[why]}.") for who, why in foreseen.passed_over)
    yield from (("Also told", f"{people.address(who)} is told the decision.") for who in foreseen.told)
    at = foreseen.lapses
    yield "Lapses", f"{moment_words(at.at, at.zone, None)}, if no one decides." if at else NO_LAPSE
    if case.involved.concerned and case.kind == "staff":
        yield "Note", NO_FIELD
    if note:
        yield "Note", note


def _decider_lines(
    label: str, foreseen: foreseeing.Foreseen, people: People, deciders: Sequence[Authority], nobody: str
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Yield a line for each person who would decide, or the sentence `nobody`."""
    for one in deciders:
        title = foreseen.case.policy.role(one.role).title
        yield label, f"{people.address(one.person)}, {f'deputy of the {title}' if one.deputy else title}."
    if not deciders:
        yield label, nobody


async def _with_absences(url: str, policy: Policy, people: People, day: date) -> tuple[Policy, str]:
    """Return the policy with the absences entered in chat; if they can't be read, unchanged and with the reason."""
    try:
        return policy.absent(await ask_database(url, lambda store: _entered_absences(store, people, day))), ""
    except Misconfigured as error:
        return policy, f"{ALONE} {error}"


def _entered_absences(store: Store, people: People, day: date) -> list[tuple[int, Period]]:
    """Return the absences entered in chat that include this day, by the people's numbers here, not the database's ids."""
    entered = store.entered.away(day)
    known = store.people.named(one.person_id for one in entered)
    return [
        (people[known[one.person_id].email_key], Period.model_validate({"from": one.first, "to": one.last}))
        for one in entered
    ]

"""The company's call recording policy as one frozen value, read from policy.yaml and checked as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from hashlib import sha256
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import pydantic
from pydantic import AfterValidator, BaseModel, Field, PrivateAttr, ValidationError, ValidationInfo

from handlers.policy import marks, terms, values
from handlers.policy.terms import Customers, RandomReview
from handlers.rules import phone
from handlers.rules.identity import Identity, email_key


class PolicyError(Exception):
    """policy.yaml can't be used. The message names the file and each flaw's line, key and remedy."""

    def __init__(self, name: str, flaws: tuple[marks.Flaw, ...]) -> None:
        self.flaws = flaws
        count = "one thing has" if len(flaws) == 1 else f"{len(flaws)} things have"
        rows = [f"  line {flaw.line}, {flaw.key}: {flaw.sentence}" for flaw in flaws]
        super().__init__("\n".join([f"{name} can't be used: {count} to be fixed.", *rows]))


def _by_number(lines: dict[str, terms.Line]) -> dict[str, terms.Line]:
    """Return the lines by number in E.164; raises `Flaws` for what is no number, and for one that is there twice."""
    by_number: dict[str, terms.Line] = {}
    flaws: list[tuple[values.Path, str]] = []
    for written, line in lines.items():
        try:
            number = values.number_key(written)
        except ValueError as wrong:
            flaws.append(((written,), str(wrong)))
            continue
        if number in by_number:
            flaws.append(((written,), f"{number} is here twice. Keep one of the two."))
        by_number[number] = line
    if flaws:
        raise values.Flaws(flaws)
    return by_number


class Policy(terms.Part):
    """Every value of the policy, checked against each other. Addresses are normal forms, numbers E.164.

    Groups by closed lists (`clauses`, `departments`, `reasons`) hold every key of their list. The rules know people by their
    ids: `seats` has those of the people whom the file names, once it is known who they are (`seated`).
    """

    company: terms.Company
    identity: Identity
    clauses: Annotated[dict[str, values.Text], values.all_of(values.ClauseId)]
    readings: Annotated[dict[str, values.Text], values.some_of(values.ClauseId)] = Field(default_factory=dict)
    lines: Annotated[dict[str, terms.Line], Field(min_length=1), AfterValidator(_by_number)]
    departments: Annotated[dict[str, terms.Department], values.all_of(values.DepartmentKey)]
    roles: terms.Roles
    reasons: Annotated[dict[str, terms.Reason], values.all_of(values.ReasonKey)]
    notices: terms.Notices
    announcements_down: tuple[terms.Outage, ...] = ()
    access: terms.Access
    working_time: terms.WorkingTime
    customers: Customers
    staff_requests: terms.StaffRequests
    retention: terms.Retention
    holds: terms.Holds
    declined_midway: Literal["discard", "restrict"]
    declined_after_working_days: Annotated[int, Field(ge=0, le=20)]
    random_review: RandomReview
    breach: terms.Breach
    policy_review: terms.PolicyReview
    records: terms.Records
    _text: str = PrivateAttr(default="")
    _entered: Mapping[int, tuple[terms.Period, ...]] = PrivateAttr(default_factory=dict)
    _ids: Callable[[Collection[str]], Mapping[str, int]] | None = PrivateAttr(default=None)
    _seats: terms.Seats | None = PrivateAttr(default=None)

    @property
    def text(self) -> str:
        """The text it was read from, as in the file; empty if there was none."""
        return self._text

    @property
    def digest(self) -> str:
        """The SHA-256 of that text, as `sha256sum policy.yaml` tells it."""
        return sha256(self._text.encode()).hexdigest()

    @pydantic.field_validator("roles")
    @classmethod
    def _keyed_roles(cls, roles: terms.Roles, info: ValidationInfo) -> terms.Roles:
        """Put the addresses into normal form; pydantic has checked `identity` before, since that field comes first."""
        return roles.keyed(info.data.get("identity", Identity()))

    @pydantic.field_validator("departments")
    @classmethod
    def _keyed_departments(
        cls, departments: dict[str, terms.Department], info: ValidationInfo
    ) -> dict[str, terms.Department]:
        """Put the addresses of the staff into normal form, as `_keyed_roles` does."""
        identity = info.data.get("identity", Identity())
        return {key: department.keyed(identity) for key, department in departments.items()}

    @pydantic.field_validator("customers")
    @classmethod
    def _keyed_customers(cls, customers: Customers, info: ValidationInfo) -> Customers:
        """Put the addresses of the handlers into normal form, as `_keyed_roles` does."""
        return customers.keyed(info.data.get("identity", Identity()))

    @pydantic.model_validator(mode="after")
    def _require_coherent(self) -> Policy:
        """Raise `Flaws` with every contradiction between fields; called by pydantic when each field is sound."""
        if contradictions := tuple(policy_contradictions(self)):
            raise values.Flaws(contradictions)
        return self

    def key(self, email: str) -> str:
        """Return the normal form of an address in this company; raises ValueError with a sentence."""
        return email_key(email, self.identity)

    def reason(self, key: str) -> terms.Reason:
        """Return one of the eight reasons (P6); raises KeyError for another word."""
        return self.reasons[key]

    def line(self, number: str) -> terms.Line | None:
        """Return the recorded line with this number in E.164, or None: any other line is out of scope (P4)."""
        return self.lines.get(number)

    def role(self, name: values.RoleName) -> terms.Role:
        """Return a role with its people as addresses."""
        return self.roles.held()[name]

    @property
    def named(self) -> tuple[str, ...]:
        """The addresses (normal form) of everybody who has a role, deputises, reviews calls or releases them, each once."""
        return tuple(
            dict.fromkeys((*sorted(self.roles.addresses), *self.roles.reviewers.holders, *self.customers.handlers))
        )

    def seated(self, ids: Callable[[Collection[str]], Mapping[str, int]]) -> Policy:
        """Return the same policy with people as ids. `ids` maps addresses to ids, and is called once, when it is
        needed.
        """
        seated = self.model_copy()
        seated._ids, seated._seats = ids, None  # noqa: SLF001  a new copy of this class, which no one else has yet
        return seated

    @property
    def seats(self) -> terms.Seats:
        """Everyone to whom the policy gives a duty, by id; raises `LookupError` before it is known who they are."""
        seats = self._seats  # asked for once, since a private attribute of a model takes long
        if seats is None:
            if self._ids is None:
                raise LookupError("the people of this policy aren't known yet")
            ids = self._ids(self.named)
            held = {
                name: terms.HeldRole(role.title, ids[role.holder], tuple(ids[one] for one in role.deputies), role.away)
                for name, role in self.roles.held().items()
            }
            reviewers = tuple(dict.fromkeys(ids[one] for one in self.roles.reviewers.holders))
            handlers = tuple(dict.fromkeys(ids[one] for one in self.customers.handlers))
            self._seats = seats = terms.Seats(held, reviewers, handlers)
        return seats

    def held(self, name: values.RoleName) -> terms.HeldRole:
        """Return a role with its people as ids."""
        return self.seats.roles[name]

    def absent(self, entered: Iterable[tuple[int, terms.Period]]) -> Policy:
        """Return the same policy with exactly these absences beside its own: a person's id and the days, as entered in
        the chat. They replace those that were added before.
        """
        periods: dict[int, tuple[terms.Period, ...]] = {}
        for person, period in entered:
            periods[person] = (*periods.get(person, ()), period)
        if periods == self._entered:
            return self
        absent = self.model_copy()
        absent._entered = periods  # noqa: SLF001  a new copy of this class, which no one else has yet
        return absent

    def away(self, person: int) -> tuple[terms.Period, ...]:
        """Return when this person is away: as any of their roles says here, and as was entered."""
        written = (period for role in self.seats.roles.values() if role.holder == person for period in role.away)
        return (*written, *self._entered.get(person, ()))

    def is_away(self, person: int, day: date) -> bool:
        """Return True if this person is away on that day of the company's."""
        return any(day in period for period in self.away(person))

    def holders_on(self, name: values.RoleName, day: date) -> tuple[int, ...]:
        """Return who fills a role on a day: its holder, or else the deputies; empty when all are away."""
        role = self.held(name)
        present = tuple(deputy for deputy in role.deputies if not self.is_away(deputy, day))
        return present if self.is_away(role.holder, day) else (role.holder,)

    def department_of(self, email: str) -> str | None:
        """Return the department that lists this address (normal form) among its staff."""
        return next((key for key, department in self.departments.items() if email in department.staff), None)

    def announcement_down(self, number: str, started: datetime) -> bool:
        """Return True if the announcement is known to have been down for a call on this line; `started` is aware."""
        day = self.day_on(number, started)
        return any(day in outage and number in (outage.lines or self.lines) for outage in self.announcements_down)

    def company_time(self, now: datetime) -> datetime:
        """A moment (aware) on the clock of the company's home line."""
        return now.astimezone(ZoneInfo(self.lines[self.company.home_line].time_zone))

    def company_day(self, now: datetime) -> date:
        """The day by which absences count: that of the company's home line."""
        return self.company_time(now).date()

    def day_on(self, number: str, moment: datetime) -> date:
        """Return the day of one of our lines at a moment (aware)."""
        return moment.astimezone(ZoneInfo(self.lines[number].time_zone)).date()


def load_policy(text: str, name: str = "policy.yaml", now: datetime | None = None) -> Policy:
    """Read a policy from its text. Raises `PolicyError` with what to fix, line by line.

    With `now` (aware) it is also checked against the calendar.
    """
    try:
        marked = marks.read_yaml(text)
        policy = Policy.model_validate(marked.values)
        policy._text = text  # noqa: SLF001  only known here
    except marks.Unreadable as unreadable:
        raise PolicyError(name, unreadable.flaws) from None
    except ValidationError as wrong:
        raise PolicyError(name, marks.as_flaws(wrong, Policy, marked)) from None
    future_days = yet_to_come(policy, now) if now else ()
    if flaws := tuple(marks.Flaw(marked.line(path), marks.key_of(path), sentence) for path, sentence in future_days):
        raise PolicyError(name, flaws)
    return policy


# Faults that were found: the path to the value to change, and a sentence that says how.
Found = Iterator[tuple[values.Path, str]]


def policy_contradictions(policy: Policy) -> Found:
    """Yield each value that contradicts another one, though each is sound by itself."""
    yield from _unknown_lines(policy)
    yield from _stranger_addresses(policy)
    yield from _two_departments(policy)
    yield from _fallback_faults(policy)
    yield from _breach_faults(policy)
    yield from _order_faults(policy)
    yield from _hours_faults(policy)
    yield from _route_faults(policy)
    yield from _reading_faults(policy)


def yet_to_come(policy: Policy, now: datetime) -> Found:
    """Yield each day that must be past and is still to come, by the day of the company's home line."""
    today = now.astimezone(ZoneInfo(policy.lines[policy.company.home_line].time_zone)).date()
    if policy.policy_review.last > today:
        yield ("policy_review", "last"), f"This is in the future: today is {today}. Write the day of the last review."


def _unknown_lines(policy: Policy) -> Found:
    """Yield each number that is named somewhere in the policy without being one of its lines."""
    named: list[tuple[values.Path, str]] = [(("company", "home_line"), policy.company.home_line)]
    for place, outage in enumerate(policy.announcements_down):
        named += [(("announcements_down", place, "lines", at), number) for at, number in enumerate(outage.lines)]
    named += [(("customers", "complain", number), number) for number in policy.customers.complain]
    for place, closure in enumerate(policy.company.closure_days):
        named += [(("company", "closure_days", place, "lines", at), number) for at, number in enumerate(closure.lines)]
    for path, number in named:
        if number not in policy.lines:
            yield path, f"{number} isn't one of the lines. Write one of: {', '.join(policy.lines)}."


def _named_addresses(policy: Policy) -> Iterator[tuple[values.Path, str]]:
    """Yield each e-mail that names a person in the policy, after the path to it."""
    for name, role in policy.roles.held().items():
        yield ("roles", name, "holder"), role.holder
        for place, deputy in enumerate(role.deputies):
            yield ("roles", name, "deputies", place), deputy
    for place, reviewer in enumerate(policy.roles.reviewers.holders):
        yield ("roles", "reviewers", "holders", place), reviewer
    for place, handler in enumerate(policy.customers.handlers):
        yield ("customers", "handlers", place), handler
    yield from _staff_addresses(policy)


def _staff_addresses(policy: Policy) -> Iterator[tuple[values.Path, str]]:
    """Yield the address of everyone whom a department lists, each after the path to it."""
    for key, department in policy.departments.items():
        for place, person in enumerate(department.staff):
            yield ("departments", key, "staff", place), person


def _stranger_addresses(policy: Policy) -> Found:
    """Yield each address that is in none of the company's mail domains."""
    own = {policy.identity.one_name(domain) for domain in policy.company.mail_domains}
    for path, email in _named_addresses(policy):
        domain = email.rpartition("@")[2]
        if domain not in own:
            yield (
                path,
                f"{domain} isn't one of the company's. Correct the address, or add the domain to company.mail_domains.",
            )


def _two_departments(policy: Policy) -> Found:
    """Yield each person who is listed in more than one department, or twice in one."""
    count = Counter(person for _, person in _staff_addresses(policy))
    for path, person in _staff_addresses(policy):
        if count[person] > 1:
            yield (path, f"{person} is listed more than once. Keep the one department that the person works in.")


def _fallback_faults(policy: Policy) -> Found:
    """P13: yield each person of the fallback who is also one of the two whom reports may be about."""
    last = policy.roles.breach_fallback
    two = {policy.roles.manager_human_resources.holder, policy.roles.head_of_customer_success.holder}
    if last.holder in two:
        yield (
            ("roles", "breach_fallback", "holder"),
            "This must be a third person, for reports about the other two. Name someone else.",
        )
    for place, deputy in enumerate(last.deputies):
        if deputy in two:
            yield (
                ("roles", "breach_fallback", "deputies", place),
                f"{deputy} is one of the two people that reports may be about. Name someone else, or no one.",
            )


def _breach_faults(policy: Policy) -> Found:
    """P13: yield a fault if feedback would be due before the acknowledgement."""
    least = policy.breach.acknowledge_working_days
    if policy.breach.feedback_working_days < least:
        yield (
            ("breach", "feedback_working_days"),
            f"This can't come before the report is acknowledged. Write {least} or more.",
        )


def _order_faults(policy: Policy) -> Found:
    """P7: yield each step of silence that doesn't come after the one before it."""
    steps = ("remind_after", "deputy_after", "next_authority_after", "lapse_after")
    for earlier, later in pairwise(steps):
        least = getattr(policy.staff_requests, earlier)
        if getattr(policy.staff_requests, later) <= least:
            yield ("staff_requests", later), f"This must come after {earlier}. Write {least + 1} or more."


def _hours_faults(policy: Policy) -> Found:
    """Yield a fault if the working day would end before it begins."""
    hours = policy.working_time
    if hours.start is not None and hours.cut_off <= hours.start:
        yield ("working_time", "cut_off"), f"The day doesn't begin until {hours.start:%H:%M}. Write a later time."


def _route_faults(policy: Policy) -> Found:
    """Yield each reason of P9 that the file sends to the team leader instead of the Head."""
    for key, reason in policy.reasons.items():
        if reason.clause == "P9" and reason.route != "investigation":
            yield ("reasons", key, "route"), "P9 leaves this to the Head of Customer Success. Write investigation."


def _reading_faults(policy: Policy) -> Found:
    """Yield each reading (how the company understands a clause, with {placeholders}) that names an unknown value."""
    for clause, reading in policy.readings.items():
        if name := unknown_name(policy, reading):
            sentence = (
                f"{{{name}}} isn't a value in this file. Write its group and its name, such as {{retention.months}}."
            )
            yield ("readings", clause), sentence


NAME = re.compile(r"\{([^{}]*)\}")


def fill_sentence(policy: Policy, sentence: str) -> str:
    """Return the sentence with each {placeholder} replaced by the policy's value; raises `LookupError` with an unknown
    name.
    """
    return NAME.sub(lambda found: _value_words(_value_by_name(policy, found[1])), sentence)


def unknown_name(policy: Policy, sentence: str) -> str | None:
    """Return the first placeholder in the sentence that names no known value, or None."""
    for name in NAME.findall(sentence):
        try:
            _value_words(_value_by_name(policy, name))
        except LookupError:
            return str(name)
    return None


def _value_by_name(policy: Policy, name: str) -> object:
    """Return the value at a dotted name such as `retention.months`; raises `LookupError` with the whole name."""
    value: object = policy
    for step in name.split("."):
        fields = type(value).model_fields if isinstance(value, BaseModel) else ()
        if step not in fields:
            raise LookupError(name)
        value = getattr(value, step)
    return value


def _value_words(value: object) -> str:
    """Return a value in words; raises `LookupError` for a group, which has none."""
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:g}"
        case date():
            return f"{value.day} {value:%B %Y}"
        case time():
            return f"{value:%H:%M}"
        case terms.Closure():
            only = _list_words([phone.written_number(number) for number in value.lines]) if value.lines else ""
            return f"{_value_words(value.day)}{only and f' ({only} only)'}"
        case tuple():
            return _list_words([_value_words(one) for one in value])
        case _:
            raise LookupError(type(value).__name__)


def _list_words(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part) or "none"

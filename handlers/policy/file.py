"""The company's call recording policy as one frozen value, read from the text of policy.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from handlers.rules.identity import Identity, email_key

from . import terms
from .coherence import contradictions, yet_to_come
from .marks import Flaw, Unreadable, as_flaws, key_of, read
from .terms import Customers, RandomReview
from .values import (
    ClauseId,
    DepartmentKey,
    Flaws,
    Path,
    ReasonKey,
    RoleName,
    Text,
    all_of,
    number_key,
    some_of,
)


class PolicyError(Exception):
    """policy.yaml can't be used. The message names the file and each flaw's line, key and remedy."""

    def __init__(self, name: str, flaws: tuple[Flaw, ...]) -> None:
        self.flaws = flaws
        count = "one thing has" if len(flaws) == 1 else f"{len(flaws)} things have"
        rows = [f"  line {flaw.line}, {flaw.key}: {flaw.sentence}" for flaw in flaws]
        super().__init__("\n".join([f"{name} can't be used: {count} to be fixed.", *rows]))


def _by_number(lines: dict[str, terms.Line]) -> dict[str, terms.Line]:
    found: dict[str, terms.Line] = {}
    flaws: list[tuple[Path, str]] = []
    for written, line in lines.items():
        try:
            number = number_key(written)
        except ValueError as wrong:
            flaws.append(((written,), str(wrong)))
            continue
        if number in found:
            flaws.append(((written,), f"{number} stands here twice. Keep one of the two."))
        found[number] = line
    if flaws:
        raise Flaws(flaws)
    return found


class Policy(terms.Part):
    """Every value of the policy, checked against each other. Addresses are normal forms, numbers E.164.

    Groups by closed lists (`clauses`, `departments`, `reasons`) hold every key of their list.
    """

    company: terms.Company
    identity: Identity
    clauses: Annotated[dict[str, Text], all_of(ClauseId)]
    readings: Annotated[dict[str, Text], some_of(ClauseId)] = Field(default_factory=dict)
    lines: Annotated[dict[str, terms.Line], Field(min_length=1), AfterValidator(_by_number)]
    departments: Annotated[dict[str, terms.Department], all_of(DepartmentKey)]
    roles: terms.Roles
    reasons: Annotated[dict[str, terms.Reason], all_of(ReasonKey)]
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
    _entered: Mapping[str, tuple[terms.Period, ...]] = PrivateAttr(default_factory=dict)
    _down: tuple[terms.Outage, ...] = PrivateAttr(default=())

    @property
    def text(self) -> str:
        """What it was read from, as it stood in the file; empty for one that was read from no text."""
        return self._text

    @property
    def digest(self) -> str:
        """The SHA-256 of that text, as `sha256sum policy.yaml` tells it."""
        return sha256(self._text.encode()).hexdigest()

    @field_validator("roles")
    @classmethod
    def _keyed_roles(cls, roles: terms.Roles, info: ValidationInfo) -> terms.Roles:
        return roles.keyed(info.data.get("identity", Identity()))

    @field_validator("departments")
    @classmethod
    def _keyed_departments(
        cls, departments: dict[str, terms.Department], info: ValidationInfo
    ) -> dict[str, terms.Department]:
        identity = info.data.get("identity", Identity())
        return {key: department.keyed(identity) for key, department in departments.items()}

    @field_validator("customers")
    @classmethod
    def _keyed_customers(cls, customers: Customers, info: ValidationInfo) -> Customers:
        return customers.keyed(info.data.get("identity", Identity()))

    @model_validator(mode="after")
    def _coherent(self) -> Policy:
        if found := tuple(contradictions(self)):
            raise Flaws(found)
        return self

    def key(self, email: str) -> str:
        """The normal form of an address in this company; raises ValueError with a sentence."""
        return email_key(email, self.identity)

    def reason(self, key: str) -> terms.Reason:
        """One of the eight reasons (P6); KeyError for any other word."""
        return self.reasons[key]

    def line(self, number: str) -> terms.Line | None:
        """The recorded line with this number in E.164, or None: any other line is out of scope (P4)."""
        return self.lines.get(number)

    def role(self, name: RoleName) -> terms.Role:
        return self.roles.held()[name]

    def absent(self, entered: Iterable[tuple[str, terms.Period]]) -> Policy:
        """The same policy while these are away as well: addresses in normal form, of holders, deputies and reviewers."""
        periods: dict[str, tuple[terms.Period, ...]] = {}
        for email, period in entered:
            periods[email] = (*periods.get(email, ()), period)
        if periods == self._entered:
            return self
        absent = self.model_copy()
        absent._entered = periods  # noqa: SLF001  its own kind, before anybody has it
        return absent

    def unannounced(self, entered: Iterable[terms.Outage]) -> Policy:
        """The same policy where the announcement was down on these days as well."""
        down = tuple(entered)
        if down == self._down:
            return self
        known = self.model_copy()
        known._down = down  # noqa: SLF001  its own kind, before anybody has it
        return known

    def away(self, email: str) -> tuple[terms.Period, ...]:
        """When this person is away: as any of his or her roles says here, and as was entered."""
        written = (period for role in self.roles.held().values() if role.holder == email for period in role.away)
        return (*written, *self._entered.get(email, ()))

    def is_away(self, email: str, day: date) -> bool:
        """Whether this person is away on that day of the company's."""
        return any(day in period for period in self.away(email))

    def holders_on(self, name: RoleName, day: date) -> tuple[str, ...]:
        """Who fills a role on a day: its holder, or else the deputies; empty when all are away."""
        role = self.role(name)
        present = tuple(deputy for deputy in role.deputies if not self.is_away(deputy, day))
        return present if self.is_away(role.holder, day) else (role.holder,)

    def department_of(self, email: str) -> str | None:
        """The department that lists this address (normal form) among its staff."""
        return next((key for key, department in self.departments.items() if email in department.staff), None)

    def announcement_down(self, number: str, started: datetime) -> bool:
        """Whether the announcement is known to have been down for a call on this line; `started` is aware."""
        day = started.astimezone(ZoneInfo(self.lines[number].time_zone)).date()
        down = (*self.announcements_down, *self._down)
        return any(day in outage and number in (outage.lines or self.lines) for outage in down)


def load_policy(text: str, name: str = "policy.yaml", now: datetime | None = None) -> Policy:
    """The policy that a text says; raises `PolicyError` that lists what to mend, line by line.

    With `now` (aware) it is also held against the calendar.
    """
    try:
        marked = read(text)
        policy = Policy.model_validate(marked.values)
        policy._text = text  # noqa: SLF001  only here is it known
    except Unreadable as unreadable:
        raise PolicyError(name, unreadable.flaws) from None
    except ValidationError as wrong:
        raise PolicyError(name, as_flaws(wrong, Policy, marked)) from None
    found = yet_to_come(policy, now) if now else ()
    if flaws := tuple(Flaw(marked.line(path), key_of(path), sentence) for path, sentence in found):
        raise PolicyError(name, flaws)
    return policy

"""The parts of policy.yaml: what each group of the policy holds."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import MappingProxyType
from typing import Annotated, Literal, cast

import holidays
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from handlers.policy import values
from handlers.rules.identity import Domain, Identity, email_key

# Registers the package without running it, so that `holidays` loads only the countries that are needed: all 250 take 12 MB and a sixth of a start.
sys.modules.setdefault("holidays.countries", module_from_spec(cast("ModuleSpec", find_spec("holidays.countries"))))


class Part(BaseModel):
    """A group of values: nothing unknown in it, nothing changed once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Period(Part):
    """Whole days, first and last included."""

    first: values.Day = Field(alias="from")
    last: values.Day = Field(alias="to")

    @model_validator(mode="after")
    def _require_forwards(self) -> Period:
        if self.last < self.first:
            sentence = f"{self.last} is before {self.first}. Write a last day on or after the first."
            raise values.Flaws([(("to",), sentence)])
        return self

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class Outage(Period):
    """Days on which the announcement is known to have been down, on `lines` (empty: on every line)."""

    lines: tuple[values.Number, ...] = ()


class Closure(Part):
    """A day on which the company is shut, on `lines` (empty: on every line)."""

    day: values.Day = Field(alias="date")
    lines: tuple[values.Number, ...] = ()


def _as_closure(entry: object) -> object:
    """Return a closure for an entry that is just a day; pydantic checks any other entry as it is."""
    return entry if isinstance(entry, dict | Closure) else Closure(date=values.as_day(entry))


class Company(Part):
    """`crm_pattern` is a regular expression that a whole reference of the CRM matches; None where any word is one.

    `website`, `privacy` and `terms` are addresses that people outside may be shown; empty where there is none.
    """

    name: values.Text
    mail_domains: Annotated[tuple[Domain, ...], Field(min_length=1)]
    home_line: values.Number
    crm_pattern: values.Pattern | None = None
    website: values.Web = ""
    privacy: values.Web = ""
    terms: values.Web = ""
    closure_days: tuple[Annotated[Closure, BeforeValidator(_as_closure)], ...] = ()


class Calendar(Part):
    """A public holiday calendar by country and subdivision (ISO 3166), named as by `holidays`."""

    country: values.Region
    subdivision: values.Word

    @model_validator(mode="after")
    def _require_known(self) -> Calendar:
        try:
            holidays.country_holidays(self.country, subdiv=self.subdivision)
        except NotImplementedError:
            known = ", ".join(holidays.list_supported_countries().get(self.country, [])) or "none"
            flaw = f"{self.country} has no subdivision {values.shown_value(self.subdivision)} with a calendar. Write one of: {known}."
            raise values.Flaws([(("subdivision",), flaw)]) from None
        return self


class Line(Part):
    """A recorded line (P4). `region_code` says which country a number typed without country code is in."""

    label: values.Label
    time_zone: values.TimeZone
    calendar: Calendar
    regions: Annotated[tuple[values.Text, ...], Field(min_length=1)]
    region_code: values.Region


class Department(Part):
    """A department of the company, with the addresses of the people who work in it."""

    label: values.Label
    staff: tuple[values.Address, ...] = ()

    def keyed(self, identity: Identity) -> Department:
        """Return the same with its addresses in normal form."""
        return self.model_copy(update={"staff": tuple(email_key(person, identity) for person in self.staff)})


class Role(Part):
    """Who holds it, who stands in, and when the holder is away (addresses in normal form)."""

    title: values.Text
    holder: values.Address
    deputies: tuple[values.Address, ...] = ()
    away: tuple[Period, ...] = ()

    def keyed(self, identity: Identity) -> Role:
        """Return the same with its addresses in normal form."""
        deputies = tuple(email_key(deputy, identity) for deputy in self.deputies)
        return self.model_copy(update={"holder": email_key(self.holder, identity), "deputies": deputies})


class Reviewers(Part):
    """Those who review calls chosen at random (P10)."""

    title: values.Text
    holders: Annotated[tuple[values.Address, ...], Field(min_length=1)]

    def keyed(self, identity: Identity) -> Reviewers:
        """Return the same with its addresses in normal form."""
        return self.model_copy(update={"holders": tuple(email_key(holder, identity) for holder in self.holders)})


class Roles(Part):
    """Who has which role by the policy, as addresses."""

    team_leader: Role
    head_of_customer_success: Role
    manager_human_resources: Role
    breach_fallback: Role
    reviewers: Reviewers

    def held(self) -> dict[values.RoleName, Role]:
        """Return every role that one person holds, by name."""
        return {
            "team_leader": self.team_leader,
            "head_of_customer_success": self.head_of_customer_success,
            "manager_human_resources": self.manager_human_resources,
            "breach_fallback": self.breach_fallback,
        }

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses of everyone who holds or deputises in a role."""
        return frozenset(who for role in self.held().values() for who in (role.holder, *role.deputies))

    def keyed(self, identity: Identity) -> Roles:
        """Return the same with everyone's e-mail in normal form."""
        roles: dict[str, Role] = {name: role.keyed(identity) for name, role in self.held().items()}
        return self.model_copy(update={**roles, "reviewers": self.reviewers.keyed(identity)})


class Reason(Part):
    """A reason to listen (P6). `announced` says whether the announcement names it."""

    label: values.Label
    clause: values.ClauseId
    route: Literal["staff", "investigation"]
    announced: bool


class Owners(Part):
    """Who confirms each notice, by role."""

    phone: values.RoleName = "head_of_customer_success"
    website: values.RoleName = "head_of_customer_success"
    outgoing: values.RoleName = "head_of_customer_success"


class Notices(Part):
    """What callers are told, and where (P3); each notice is confirmed every `confirm_months` calendar months.

    `website` is the page with the notice (an older file may have any words there) and `contact` the one that links to it; each
    may be empty.
    """

    announcement: values.Text
    outgoing: values.Text
    website: str = ""
    contact: values.Web = ""
    owners: Owners = Owners()
    confirm_months: Annotated[int, Field(ge=1, le=24)] = 3


class Access(Part):
    """How long an approved access lasts, and what may be asked for."""

    days: Annotated[tuple[values.Count, ...], Field(min_length=1)]
    default_days: values.Count
    history_days: values.Count
    most_recordings: Annotated[int, Field(ge=1, le=50)]
    search_scope: Literal["company", "department"]
    code_seconds: Annotated[int, Field(ge=10, le=300)]

    @model_validator(mode="after")
    def _default_is_offered(self) -> Access:
        if self.default_days not in self.days:
            raise values.Flaws([(("default_days",), "This isn't one of access.days. Write one of those.")])
        return self


class WorkingTime(Part):
    """Working hours in the line's time zone; `cut_off` itself is still in time."""

    days: Annotated[tuple[values.Weekday, ...], Field(min_length=1)]
    start: values.Clock | None = None
    cut_off: values.Clock


class StaffRequests(Part):
    """What happens without an answer, in working days since the request."""

    remind_after: values.Count
    deputy_after: values.Count
    next_authority_after: values.Count
    lapse_after: values.Count


class Retention(Part):
    """How long audio is kept (P12): calendar months from the start of the call, in the line's time zone.

    Erasures pause where more than `pause_above` would go in one day of the company's.
    """

    months: Annotated[int, Field(ge=1, le=120)]
    most_minutes_late: Annotated[int, Field(ge=1, le=60)]
    pause_above: Annotated[int, Field(ge=1, le=1_000_000)] = 50


class Holds(Part):
    """What keeps a recording past its moment (P12), in calendar days and working days; `remind_before` counts back from a hold's end."""

    most_days: values.Count
    open_request_working_days: values.Count
    provisional_working_days: values.Count = 5
    most_calls: Annotated[int, Field(ge=1, le=1000)] = 200
    remind_before: tuple[values.Count, ...] = (10, 2)


class Breach(Part):
    """Reports of a suspected breach (P13), in working days of the home line; a closed one is destroyed after
    `closed_months`.

    `last_resort` is whom to turn to if no one here may read a report, or a promise is overdue. `steps` are those of the
    Code of Conduct.
    """

    acknowledge_working_days: values.Count
    feedback_working_days: values.Count
    last_resort: values.Text = (
        "Please turn to the owners of the company, or to the public authority for privacy or for work."
    )
    steps: Annotated[tuple[values.Label, ...], Field(max_length=20)] = (
        "Look at the facts and keep the evidence",
        "Hear the people it is about",
        "Decide by the Code of Conduct",
        "Tell the reporter what follows",
    )
    closed_months: Annotated[int, Field(ge=1, le=120)] = 24


class PolicyReview(Part):
    """How often the policy is reviewed and when it was last (P14); `remind_days_before` counts back from the due day."""

    years: Annotated[int, Field(ge=1, le=10)]
    last: values.Day
    remind_days_before: tuple[values.Count, ...] = (60, 30, 7)


class Records(Part):
    """How long the bot keeps its own records, in calendar months. Operators see an investigation of their calls only
    `investigation_hidden_months` after its end (0: at once; P11).
    """

    closed_request_months: Annotated[int, Field(ge=1, le=120)]
    investigation_hidden_months: Annotated[int, Field(ge=0, le=120)] = 12


IDENTITY_CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "document": "Saw a passport, an identity card or a driving licence",
        "known_details": "Asked for details that only the customer and we know",
        "signed_in": "They asked while signed in to their customer account",
        "called_back": "Called back on the number in the CRM",
    }
)
"""How it may be checked who asks, as shipped."""
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "not_identified": "We couldn’t confirm who is asking.",
        "no_call": "We have no recording of a call of yours that matches what you told us.",
        "erased": "Any recording that matches what you told us has been erased.",
        "withdrawn": "You told us that you no longer want it.",
    }
)
"""Why a request may be refused, as shipped, in the words that the customer reads."""


class Customers(Part):
    """Copies of their own calls (P8). `remind_before` counts working days back from the due day.

    `handlers` confirm requests beside the team leader. `identity_checks` and `refusals` are closed lists, by key; a refusal is
    the sentence that the customer reads. `complain` says by line to whom a customer may complain.
    """

    working_days: values.Count
    remind_before: tuple[values.Count, ...]
    handlers: tuple[values.Address, ...] = ()
    identity_checks: Annotated[dict[values.Key, values.Label], Field(min_length=1, max_length=20)] = Field(
        default_factory=lambda: dict(IDENTITY_CHECKS)
    )
    refusals: Annotated[dict[values.Key, values.Text], Field(min_length=1, max_length=20)] = Field(
        default_factory=lambda: dict(REFUSALS)
    )
    complain: dict[values.Number, values.Text] = Field(default_factory=dict)
    link_days: Annotated[int, Field(ge=1, le=90)] = 14
    passcode_tries: Annotated[int, Field(ge=1, le=10)] = 5
    passcodes: Annotated[int, Field(ge=1, le=10)] = 3
    most_calls: Annotated[int, Field(ge=1, le=50)] = 50
    copy_kept_working_days: values.Count = 20

    def keyed(self, identity: Identity) -> Customers:
        """Return the same with its addresses in normal form."""
        return self.model_copy(update={"handlers": tuple(email_key(one, identity) for one in self.handlers)})


Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{192}$")]


class Beacon(Part):
    """A public randomness beacon by drand's scheme `bls-unchained-g1-rfc9380`: its chain's hash and public key, when it began
    (Unix seconds), and how many seconds lie between two rounds.
    """

    chain: Hash
    public_key: PublicKey
    genesis: Annotated[int, Field(ge=0, le=10**11)]
    period: Annotated[int, Field(ge=1, le=86_400)]


QUICKNET = Beacon(
    chain="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis=1692803367, period=3,
)  # fmt: skip
"""What the League of Entropy publishes: drand *quicknet*."""


class RandomReview(Part):
    """The monthly draw (P10): a share of each department's calls, `minimum` at least, reviewed within so many working days.

    `remind_before` counts working days back from the last of these. `beacon` is where the chance comes from.
    """

    share_percent: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    minimum: values.Count
    review_working_days: Annotated[int, Field(ge=1, le=60)] = 10
    remind_before: tuple[values.Count, ...] = (5, 1)
    beacon: Beacon = QUICKNET


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role, by the ids of its holder and of the deputies."""

    title: str
    holder: int
    deputies: tuple[int, ...]
    away: tuple[Period, ...]

    @property
    def people(self) -> tuple[int, ...]:
        """The holder first, then the deputies."""
        return (self.holder, *self.deputies)


@dataclass(frozen=True, slots=True)
class Seats:
    """Whom the policy gives something to do, by id: who holds the roles, who reviews calls, who releases customers' calls."""

    roles: Mapping[values.RoleName, HeldRole]
    reviewers: tuple[int, ...]
    releasers: tuple[int, ...]

    @property
    def in_roles(self) -> frozenset[int]:
        """The people who hold or deputise in a role."""
        return frozenset(who for role in self.roles.values() for who in role.people)

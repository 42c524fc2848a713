"""Values of the policy that are right alone and wrong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .readings import unknown
from .values import Path

if TYPE_CHECKING:
    from .file import Policy

Found = Iterator[tuple[Path, str]]


def contradictions(policy: Policy) -> Found:
    """Each contradiction with the way to the value to change and a sentence that says how."""
    yield from _lines(policy)
    yield from _closed_twice(policy)
    yield from _deputies(policy)
    yield from _strangers(policy)
    yield from _two_departments(policy)
    yield from _fallback(policy)
    yield from _breach(policy)
    yield from _order(policy)
    yield from _hours(policy)
    yield from _routes(policy)
    yield from _readings(policy)


def yet_to_come(policy: Policy, now: datetime) -> Found:
    """What is written as past and lies ahead, by the day of the company's home line."""
    today = now.astimezone(ZoneInfo(policy.lines[policy.company.home_line].time_zone)).date()
    if policy.policy_review.last > today:
        yield ("policy_review", "last"), f"This day is yet to come; today is {today}. Write the day of the last review."


def _lines(policy: Policy) -> Found:
    named: list[tuple[Path, str]] = [(("company", "home_line"), policy.company.home_line)]
    for place, outage in enumerate(policy.announcements_down):
        named += [(("announcements_down", place, "lines", at), number) for at, number in enumerate(outage.lines)]
    named += [(("customers", "complain", number), number) for number in policy.customers.complain]
    for place, closure in enumerate(policy.company.closure_days):
        named += [(("company", "closure_days", place, "lines", at), number) for at, number in enumerate(closure.lines)]
    for path, number in named:
        if number not in policy.lines:
            yield path, f"{number} isn't one of the lines. Write one of: {', '.join(policy.lines)}."


def _closed_twice(policy: Policy) -> Found:
    seen: set[tuple[date, str]] = set()
    for place, closure in enumerate(policy.company.closure_days):
        here = {(closure.day, number) for number in closure.lines or policy.lines}
        if here & seen:
            yield (
                ("company", "closure_days", place),
                f"{closure.day} is closed already, further up. Keep one of the two.",
            )
        seen |= here


def _deputies(policy: Policy) -> Found:
    for name, role in policy.roles.held().items():
        seen = {role.holder}
        for place, deputy in enumerate(role.deputies):
            if deputy in seen:
                yield (
                    ("roles", name, "deputies", place),
                    f"{deputy} is here already. Name somebody else, or nobody.",
                )
            seen.add(deputy)


def _addresses(policy: Policy) -> Iterator[tuple[Path, str]]:
    for name, role in policy.roles.held().items():
        yield ("roles", name, "holder"), role.holder
        for place, deputy in enumerate(role.deputies):
            yield ("roles", name, "deputies", place), deputy
    for place, reviewer in enumerate(policy.roles.reviewers.holders):
        yield ("roles", "reviewers", "holders", place), reviewer
    for place, handler in enumerate(policy.customers.handlers):
        yield ("customers", "handlers", place), handler
    yield from _staff(policy)


def _staff(policy: Policy) -> Iterator[tuple[Path, str]]:
    for key, department in policy.departments.items():
        for place, person in enumerate(department.staff):
            yield ("departments", key, "staff", place), person


def _strangers(policy: Policy) -> Found:
    own = {policy.identity.one_name(domain) for domain in policy.company.mail_domains}
    for path, email in _addresses(policy):
        domain = email.rpartition("@")[2]
        if domain not in own:
            yield (
                path,
                f"{domain} isn't the company's. Mend the address, or add the domain to company.mail_domains.",
            )


def _two_departments(policy: Policy) -> Found:
    count = Counter(person for _, person in _staff(policy))
    for path, person in _staff(policy):
        if count[person] > 1:
            yield (
                path,
                f"{person} is listed more than once. Keep the one department that the person works in.",
            )


def _fallback(policy: Policy) -> Found:
    last = policy.roles.breach_fallback
    two = {policy.roles.manager_human_resources.holder, policy.roles.head_of_customer_success.holder}
    if last.holder in two:
        yield (
            ("roles", "breach_fallback", "holder"),
            "This must be a third person, for reports about the other two. Name somebody else.",
        )
    for place, deputy in enumerate(last.deputies):
        if deputy in two:
            yield (
                ("roles", "breach_fallback", "deputies", place),
                f"{deputy} is one of the two whom reports may be about. Name somebody else, or nobody.",
            )


def _breach(policy: Policy) -> Found:
    steps = policy.breach.steps
    for place, step in enumerate(steps):
        if step in steps[:place]:
            yield ("breach", "steps", place), "This step is here already, further up. Keep one of the two."
    least = policy.breach.acknowledge_working_days
    if policy.breach.feedback_working_days < least:
        yield (
            ("breach", "feedback_working_days"),
            f"This can't come before the report is acknowledged. Write {least} or more.",
        )


def _order(policy: Policy) -> Found:
    steps = ("remind_after", "deputy_after", "next_authority_after", "lapse_after")
    for earlier, later in pairwise(steps):
        least = getattr(policy.staff_requests, earlier)
        if getattr(policy.staff_requests, later) <= least:
            yield ("staff_requests", later), f"This must come after {earlier}. Write {least + 1} or more."


def _hours(policy: Policy) -> Found:
    hours = policy.working_time
    if hours.start is not None and hours.cut_off <= hours.start:
        yield ("working_time", "cut_off"), f"The day begins at {hours.start:%H:%M} only. Write a later time."


def _routes(policy: Policy) -> Found:
    for key, reason in policy.reasons.items():
        if reason.clause == "P9" and reason.route != "investigation":
            yield ("reasons", key, "route"), "P9 leaves this to the Head of Customer Success. Write investigation."


def _readings(policy: Policy) -> Found:
    for clause, reading in policy.readings.items():
        if name := unknown(policy, reading):
            sentence = (
                f"{{{name}}} is no value of this file. Write its group and its name, such as {{retention.months}}."
            )
            yield ("readings", clause), sentence

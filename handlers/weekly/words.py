"""How a weekly card names things to people, in a few words."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.reach_words import line
from handlers.rules.access import company_day
from handlers.rules.reach import Problem
from handlers.weekly.facts import Log, Unreached, Waits
from handlers.weekly.view import View
from handlers.words import calls_and_files, counted, day_words

NONE = "none"
HOW = "This is how things stood then. What is over by now is counted behind each number."
BROKEN = (
    "{things} of what is stored {do} not fit the log. The {head} and the {hr} were told. Please have whoever runs me call: "
    "recording-steward audit verify"
)
UNVERIFIED = (
    "The log was not verified before this card was made, so nobody knows yet whether it holds. Please have whoever runs me "
    "call: recording-steward audit verify"
)
UNCOMPARED = (
    "What is stored fits the log, but the log was not compared with its checkpoints: the journal outside the database can't be "
    "read, or lacks them. Please have whoever runs me look for it."
)


def week_words(week: str) -> str:
    """Such as “Week of Mon 30 Nov 2026”."""
    return f"Week of {day_words(date.fromisoformat(week), None)}"


def log_words(log: Log) -> str:
    """How far the log was verified, and which checkpoint covers that."""
    if not log["at"]:
        return "not verified"
    holds = "" if not log["faults"] else f", {counted(log['faults'], 'thing')} did not fit"
    if not log.get("compared", True):
        return f"verified to entry {log['entries']:,}{holds}, not compared with its checkpoints"
    if not log["checkpoint"]:
        return f"verified to entry {log['entries']:,}{holds}, no checkpoint yet"
    day = day_words(date.fromisoformat(log["checkpoint"]), None)
    where = "" if log["written"] else ", which is not written outside the database yet"
    return f"verified to entry {log['entries']:,}{holds}, checkpoint of {day}{where}"


def number_words(number: int, one: str, over: int, several: str = "") -> str:
    """How many there were, and how many of them are over by now; “none” where there were none."""
    if not number:
        return NONE
    return f"{counted(number, one, several)}{_over(over)}"


def calls_words(calls: int, files: int, over: int) -> str:
    """The same of calls, and of files that are none."""
    return f"{calls_and_files(calls, files)}{_over(over)}" if calls or files else NONE


def _over(over: int) -> str:
    return f", {over:,} over by now" if over else ""


def asked_words(view: View, one: Waits) -> str:
    """For whom a matter waits."""
    if one["state"] == "stuck":
        return "nobody may decide it as things were"
    names = [view.others[who].name for who in one["asked"] if who in view.others]
    return f"waits for {' or '.join(names) or 'nobody'}"


def reach_words(view: View, one: Unreached) -> str:
    """Who can't be reached and why, as it was told."""
    person = view.others.get(one["person"] or 0)
    kind, _, name = one["subject"].partition(":")
    problem = Problem(
        one["kind"], person.email_key if person else "", name if kind != "person" else "", one["why"],  # type: ignore[arg-type]
        date.fromisoformat(one["since"]) if one["since"] else None,
    )  # fmt: skip
    names = {other.email_key: other.name for other in view.others.values()}
    day = company_day(view.policy, view.card.asked_at)
    return line(problem, view.policy, day, names, {other.email_key for other in view.others.values()})


def moment_of_day(told: str, policy: Policy) -> date:
    """The day of a moment, or of a day, as facts have it (ISO), on the company's calendar."""
    if len(told) == len("2026-11-30"):
        return date.fromisoformat(told)
    zone = policy.lines[policy.company.home_line].time_zone
    return datetime.fromisoformat(told).astimezone(ZoneInfo(zone)).date()

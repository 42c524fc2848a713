"""Every letter to a customer, in words; nothing in them tells whose call it was, or that there was one (P8)."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handlers.customers.known import Known
from handlers.letters import Written
from handlers.policy import Policy
from handlers.rules.retention import erased_before
from handlers.words import counted, day_words
from storage.tables.customers import CustomerRequest

ASKED = {
    "copy": "you asked us for a copy of a recorded call",
    "listen": "you asked us to let you hear a recorded call",
}
"""What was asked for, by what is wanted; for one call and for many alike, also where there is none."""
OPEN = "Open the page"
ERASED = "erased"
"""The key of the refusal that says when recordings are erased, and not which one was, or why."""
GONE = "We erase a recording after {months}, or sooner if the caller asked not to be recorded. Calls before {before} are erased."


def copy(policy: Policy, request: CustomerRequest, known: Known, calls: int, link: str = "", *, gives: str) -> Written:
    """The link to what was released; `gives` is copy, or listen. Without a `link` it is for looking at beforehand."""
    those = "it" if calls == 1 else "them"
    ready = "It is ready for you." if calls == 1 else f"{counted(calls, 'call')} are ready for you."
    can = f"hear {those}, and download {those}" if gives == "copy" else f"hear {those}"
    only = (
        f"Because somebody else can be heard, or is spoken of, you can hear {those} on the page and not download {those}.",
    ) if gives == "listen" and request.wants == "copy" else ()  # fmt: skip
    return Written(
        f"Your call with {policy.company.name}",
        _greeting(known.name),
        (
            f"On {_day(policy, known)} {ASKED[request.wants]}. {ready}",
            f"Our page asks for a passcode of six digits. We ring you and tell you the passcode; it stands in no e-mail. With it you can {can}.",
            *only,
            f"The link works for {counted(policy.customers.link_days, 'day')}.",
        ),
        link,
        OPEN if link else "",
        small=(f"If you did not ask us for this, please leave the link alone, and tell us{_where(policy)}.", *_privacy(policy)),
    )  # fmt: skip


def refused(policy: Policy, request: CustomerRequest, known: Known, refusal: str, chosen: str = "") -> Written:
    """The refusal, by its key in the policy; it depends on what was asked and when, and on no call. `chosen` stands for one to be chosen."""
    months, before = counted(policy.retention.months, "month"), day_words(_gone(policy, known), None)
    gone = (GONE.format(months=months, before=before),) if refusal == ERASED else ()
    return Written(
        "Your request for a recorded call",
        _greeting(known.name),
        (
            f"On {_day(policy, known)} {ASKED[request.wants]}. We do not do so, for this reason:",
            policy.customers.refusals.get(refusal, chosen),
            *gone,
            *_complain(policy),
        ),
        facts=_to_whom(policy),
        small=_privacy(policy),
    )


def late(policy: Policy, request: CustomerRequest, known: Known, why: str, day: str) -> Written:
    """The answer takes longer than it should: why, and by which day it comes, in words."""
    return Written(
        "Your request for a recorded call",
        _greeting(known.name),
        (
            f"On {_day(policy, known)} {ASKED[request.wants]}. Our answer takes longer than it should, and we are sorry for that.",
            f"The reason: {why}",
            f"You hear from us by {day}.",
            *_complain(policy),
        ),
        facts=_to_whom(policy),
        small=_privacy(policy),
    )


def preview(to: str, written: Written, label: str = "") -> str:
    """The letter as plain lines, for whoever sends it: to whom, and each word. `label` is what its button will say."""
    facts = [f"{name}: {value}" for name, value in written.facts]
    button = [f"[{label}]"] if label else []
    head = [f"To: {to}" if to else "To: no address yet", f"Subject: {written.subject}"]
    return "\n\n".join(
        ["\n".join(head), written.greeting, *written.paragraphs, *button, *(["\n".join(facts)] if facts else []), *written.small]
    )  # fmt: skip


def _greeting(name: str) -> str:
    return f"Dear {name},"


def _home(policy: Policy) -> ZoneInfo:
    return ZoneInfo(policy.lines[policy.company.home_line].time_zone)


def _day(policy: Policy, known: Known) -> str:
    """As it was written down, whichever line was called: the day must not tell that."""
    return day_words(known.asked_on(_home(policy)), None)


def _gone(policy: Policy, known: Known) -> date:
    """Reckoned from the day on which they asked, and true of every line; what was or was not called has no part in it (P12).

    On any line it is the day before at the earliest.
    """
    return erased_before(known.asked_on(_home(policy)) - timedelta(days=1), policy.retention.months)


def _complain(policy: Policy) -> tuple[str, ...]:
    return ("If you do not agree, you may complain, by where you rang us:",) if policy.customers.complain else ()


def _to_whom(policy: Policy) -> tuple[tuple[str, str], ...]:
    """For every line, since a single one would tell which was called."""
    return tuple((policy.lines[one].label, words) for one, words in policy.customers.complain.items())


def _where(policy: Policy) -> str:
    """Where the company can be told something, by the first address that it names for that; by an answer to the mail where it names none."""
    there = next(filter(None, (policy.notices.contact, policy.company.website)), "")
    return f" at {there}" if there else " by an answer to this e-mail"


def _privacy(policy: Policy) -> tuple[str, ...]:
    return (f"How we handle personal data: {policy.company.privacy}",) if policy.company.privacy else ()

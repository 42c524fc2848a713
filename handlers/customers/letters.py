"""Every letter to a customer: its words, which tell neither whose call it was nor that there was one, and how it is kept until it goes (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handlers.acting import Act
from handlers.customers.state import Known
from handlers.ids import new_id, new_secret
from handlers.letters import Written
from handlers.policy import Policy
from handlers.rules.retention import erased_before
from handlers.sealing import Seal
from handlers.unseen import Unseen
from handlers.words import counted, day_words
from storage.tables.customers import CustomerMail, CustomerRequest

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
        f"Because someone else can be heard, or is spoken of, you can hear {those} on the page and not download {those}.",
    ) if gives == "listen" and request.wants == "copy" else ()  # fmt: skip
    return Written(
        f"Your call with {policy.company.name}",
        _greeting(known.name),
        (
            f"On {_day(policy, known)} {ASKED[request.wants]}. {ready}",
            f"Our page asks for a passcode of six digits. We phone you and tell you the passcode; no e-mail contains it. With it you can {can}.",
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


def preview(to: str, written: Written, label: str = "") -> str:
    """The letter as plain lines, for whoever sends it: to whom, and each word. `label` is what its button will say."""
    facts = [f"{name}: {value}" for name, value in written.facts]
    button = [f"[{label}]"] if label else []
    head = [f"To: {to}" if to else "To: no address yet", f"Subject: {written.subject}"]
    return "\n\n".join(
        ["\n".join(head), written.greeting, *written.paragraphs, *button, *(["\n".join(facts)] if facts else []), *written.small]
    )  # fmt: skip


class Envelope(Unseen):
    """A letter with the address to which it goes."""

    to: str
    written: Written


def put_letter(
    act: Act, request: CustomerRequest, kind: str, to: str, written: Written, link: str | None = None
) -> dict[str, str]:
    """It goes as soon as the delivery takes it, sealed with the request's own key; its Message-ID stays however often it is sent.

    Returns what the log says of it: its id, and to whom it goes by a mark alone.
    """
    mail_id = new_id("M")
    letter = Envelope(to=to, written=written)
    sealed = Seal(act).sealed(request.id, letter.model_dump_json().encode(), _place(mail_id))
    mail = CustomerMail(
        id=mail_id, matter_id=request.id, kind=kind, message_id=f"<{new_secret()}@{act.policy.company.mail_domains[0]}>",
        sealed=sealed, made_at=act.now, next_at=act.now, link_id=link,
    )  # fmt: skip
    act.store.customers.put(mail)
    marked = Seal(act).mark(request.id, "address", to)
    return {"mail": mail.id, "to": marked}


def read_letter(act: Act, mail: CustomerMail) -> Envelope | None:
    """The letter; None once the request's key was destroyed. Raises `Unopened` for what nobody can read."""
    told = Seal(act).opened(mail.matter_id, mail.sealed, _place(mail.id))
    return Envelope.model_validate_json(told) if told is not None else None


def call_back(act: Act, mails: Iterable[CustomerMail]) -> list[str]:
    """None of these goes any more, also where the mail server has it by now; returns the ids of those that were not settled."""
    found = [one for one in mails if one.settled_at is None]
    for one in found:
        one.state, one.settled_at = "dropped", act.now
    return [one.id for one in found]


def _place(mail: str) -> str:
    return f"mail {mail}"


def _greeting(name: str) -> str:
    return f"Dear {name},"


def _home(policy: Policy) -> ZoneInfo:
    return ZoneInfo(policy.lines[policy.company.home_line].time_zone)


def _day(policy: Policy, known: Known) -> str:
    """As it was written down, whichever line was called: the day must not tell that."""
    return day_words(known.first_asked_on(_home(policy)), None)


def _gone(policy: Policy, known: Known) -> date:
    """Reckoned from the day on which they asked, and true of every line; what was or was not called has no part in it (P12).

    On any line it is the day before at the earliest.
    """
    return erased_before(known.first_asked_on(_home(policy)) - timedelta(days=1), policy.retention.months)


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

"""A certificate of erasure, as a page: what was erased, when, why, how, and what could not be seen (P12)."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.acting import Act
from handlers.cards import Facts, Line, Page, Part, Sign, Small, When, Words
from handlers.policy.values import RoleName
from handlers.rules.refusal import Refused
from handlers.words import line_words
from storage.records import Recording
from storage.tables.erasures import Erasure
from storage.tables.policy import PolicyText

ANSWER: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "team_leader")
"""Who answers for erasure, and so may see what it rests on."""
ELSEWHERE = "A copy kept for an investigation, if there is one, is not listed here."
WHY = {
    "retention": "Its time was over: recordings are kept for {months} months.",
    "declined": "The customer declined to be recorded.",
    "restored": "It had been erased before, and was known again: in a database that was restored from a copy, or by its audio under another name.",
    "came_back": "It had been erased before, and stood in the recording system again.",
}

BEGAN = {
    "declined": "Its erasure began",
    "came_back": "Found again",
    "restored": "Known again",
}
"""What the moment was at which an erasure began, where nobody could hear the call before it either."""


def certificate(act: Act, erasure_id: str) -> Page:
    """The certificate, for whoever answers for erasure; raises `Refused` for anybody else, and where there is none."""
    erasure = act.store.erasures.get(erasure_id)
    one = act.store.recordings.get(erasure.recording_id) if erasure else None
    if erasure is None or one is None or not answers(act):
        raise Refused("I can’t find this certificate.", clause="P12", code="unknown")
    if erasure.erased_at is None:
        raise Refused("This call is not erased yet, so there is no certificate.", clause="P12", code="not_erased")
    return Page("Certificate of erasure", _parts(act, erasure, one))


def answers(act: Act) -> bool:
    """Whether the person who asks answers for erasure."""
    roles = (act.policy.role(name) for name in ANSWER)
    return any(act.me.email_key in (role.holder, *role.deputies) for role in roles)


def _parts(act: Act, erasure: Erasure, one: Recording) -> tuple[Part, ...]:
    return (
        Line(f"The audio of call {one.id} is erased for good.", Sign.APPROVED),
        Facts(_facts(act, erasure, one)),
        Line(WHY[erasure.why].format(months=act.policy.retention.months)),
        Line(f"How: {erasure.how}"),
        Line(f"What could not be seen: {erasure.unseen}"),
        *(Line(f"The policy’s text by its SHA-256: {text.digest}") for text in _text(act, erasure)),
        Line(ELSEWHERE),
        Small(f"{erasure.id} · P12 · name {erasure.native_hash[:16]} · audio {erasure.audio_hash[:16] or 'not read'}"),
    )


def _facts(act: Act, erasure: Erasure, one: Recording) -> tuple[tuple[str, Words], ...]:
    line, zone = line_words(one.line, act.policy)
    moments = (
        ("Its moment", erasure.moment),
        (BEGAN.get(erasure.why, "Closed to everybody"), erasure.closed_at),
        ("The recording system answered", erasure.answered_at), ("To the second", erasure.answered_at),
        ("A second look found nothing", erasure.erased_at),
    )  # fmt: skip
    policy = f"text {erasure.policy_text} of its policy" if erasure.policy_text else "the policy in force"
    return (
        ("Call", When(one.started, zone, act.now)), ("Line", line), ("With", one.operator_name),
        *((name, _told(name, at, zone, act)) for name, at in moments if at is not None),
        ("By", f"{act.policy.company.name}, {policy}"),
    )  # fmt: skip


def _told(name: str, at: datetime, zone: str, act: Act) -> Words:
    """The second of the recorder's answer stands there in UTC as well, since no platform draws seconds."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if name == "To the second" else When(at, zone, act.now)


def _text(act: Act, erasure: Erasure) -> list[PolicyText]:
    """The text of the policy by which it was erased, where one was kept."""
    return [one for one in (act.store.policy_texts.get(erasure.policy_text or 0),) if one is not None]

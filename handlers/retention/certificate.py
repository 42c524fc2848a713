"""A certificate of erasure, as a page: what was erased, when, why, how, and what could not be seen (P12)."""

from __future__ import annotations

from handlers.acting import Act
from handlers.cards import Facts, Line, Page, Part, Sign, Small, When, Words
from handlers.policy.values import RoleName
from handlers.rules.refusal import Refused
from handlers.words import line_words
from storage.erasure_records import Erasure
from storage.records import Recording

ANSWER: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "team_leader")
"""Who answers for erasure, and so may see what it rests on."""
ELSEWHERE = "A copy kept for an investigation, if there is one, is not listed here."
WHY = {
    "retention": "Its time was over: recordings are kept for {months} months.",
    "out_of_scope": "It was on a line that the policy does not name, and the Head of Customer Success decided that it goes.",
    "restored": "It had been erased before, and a database that was restored from a copy knew it again.",
    "came_back": "It had been erased before, and stood in the recording system again.",
}


def certificate(act: Act, erasure_id: str) -> Page:
    """The certificate, for whoever answers for erasure; raises `Refused` for anybody else, and where there is none."""
    erasure = act.store.erasures.get(erasure_id)
    recording = act.store.recordings.get(erasure.recording_id) if erasure else None
    if erasure is None or recording is None or not answers(act):
        raise Refused("I can’t find this certificate.", clause="P12", code="unknown")
    if erasure.erased_at is None:
        raise Refused("This call is not erased yet, so there is no certificate.", clause="P12", code="not_erased")
    return Page("Certificate of erasure", _parts(act, erasure, recording))


def answers(act: Act) -> bool:
    """Whether the person who asks answers for erasure."""
    roles = (act.policy.role(name) for name in ANSWER)
    return any(act.me.email_key in (role.holder, *role.deputies) for role in roles)


def _parts(act: Act, erasure: Erasure, recording: Recording) -> tuple[Part, ...]:
    months = act.policy.retention.months
    return (
        Line(f"The audio of call {recording.id} is erased for good.", Sign.APPROVED),
        Facts(_facts(act, erasure, recording)),
        Line(WHY[erasure.why].format(months=months)),
        Line(f"How: {erasure.how}"),
        Line(f"What could not be seen: {erasure.unseen}"),
        Line(ELSEWHERE),
        Small(f"{erasure.id} · P12 · name {erasure.native_hash[:16]} · audio {erasure.audio_hash[:16] or 'not read'}"),
    )


def _facts(act: Act, erasure: Erasure, recording: Recording) -> tuple[tuple[str, Words], ...]:
    label, zone = line_words(recording.line, act.policy)
    moments = (
        ("Its moment", erasure.moment), ("Closed to everybody", erasure.closed_at),
        ("The recording system answered", erasure.answered_at), ("A second look found nothing", erasure.erased_at),
    )  # fmt: skip
    policy = f"Text {erasure.policy_text} of the policy" if erasure.policy_text else "The policy in force"
    return (
        ("Call", When(recording.started, zone, act.now)), ("Line", label), ("With", recording.operator_name),
        *((name, When(at, zone, act.now)) for name, at in moments if at is not None), ("By", policy),
    )  # fmt: skip

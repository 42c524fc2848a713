"""What the audit log holds of the words of a matter: commitments, which say nothing and tell whether a word was changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from handlers.keys import Keys
from handlers.written import Written
from storage.commitments import commitment
from storage.records import Remark, Request
from storage.tables.customers import CustomerMail, CustomerRequest
from storage.tables.declined import Declined
from storage.tables.erasures import Erasure
from storage.tables.holds import Hold
from storage.tables.notices import NoticeAnswer, Outage
from storage.tables.policy import PolicyReview


def asked(request: Request, written: Written, concerned: Iterable[int] = ()) -> str:
    """Of what the form said beside the calls and the reason; `concerned` are the ids of those whom it names."""
    more = (written.legal_matter, written.basis, written.audience)
    named = (f"person:{one}" for one in sorted(concerned))
    said = ("not special",) if written.not_special else ()
    return commitment(written.salt, "asked", request.crm, written.purpose, *more, *said, *named)


def decided(request: Request, written: Written) -> str:
    """Of what the decider wrote, and as what he or she decided."""
    return commitment(written.salt, "decided", request.decided_as, written.decision)


def remarked(written: Written, remark: Remark) -> str:
    """Of a question or an answer about the request."""
    return commitment(written.salt, remark.id, remark.kind, written.remarks.get(remark.id, ""))


def declared(review: PolicyReview) -> str:
    """Of what is said to change in the recording system."""
    return commitment(review.salt, "declared", review.change)


def completed(review: PolicyReview) -> str:
    """Of who took part in a review of the policy, and what was decided."""
    return commitment(review.salt, "completed", review.took_part, review.outcome_words)


def held(hold: Hold) -> str:
    """Of the case that a hold is for, and why."""
    return commitment(hold.salt, "held", hold.case_name, hold.reason)


def ended(hold: Hold) -> str:
    """Of why it was let go or released."""
    return commitment(hold.salt, "ended", hold.closing)


def of_customer(request: CustomerRequest) -> str:
    """Of all that is known of who asks for a call, as it is sealed: who lacks its key can hold it against the log as well."""
    return commitment(request.salt, "customer", request.sealed.hex())


def of_letter(request: CustomerRequest, mail: CustomerMail) -> str:
    """Of a letter to a customer as it is sealed, and of what a mail server knows it by."""
    return commitment(request.salt, "letter", mail.id, mail.message_id, mail.sealed.hex())


def decided_as(title: str) -> str:
    """The SHA-256 of as what somebody decided: a title of the policy's, which is no secret."""
    return sha256(title.encode()).hexdigest()


def noticed(answer: NoticeAnswer) -> str:
    """Of what somebody heard or saw of a notice."""
    return commitment(answer.salt, "noticed", answer.words)


def down(outage: Outage) -> str:
    """Of what was wrong in an outage."""
    return commitment(outage.salt, "down", outage.why)


def not_down(outage: Outage) -> str:
    """Of why an outage was a mistake."""
    return commitment(outage.salt, "not down", outage.ended_why)


def proof(erasure: Erasure) -> str:
    """The SHA-256 of what a certificate says of how, and of what could not be seen: sentences of the program, so that nothing has to be salted."""
    return sha256(f"{erasure.how}\n{erasure.unseen}".encode()).hexdigest()


def on_call(keys: Keys, declined: Declined) -> str:
    """Of who was on a declined call, in which recording system."""
    return keys.mark("declined", declined.id, "operator", declined.system, declined.operator_key)


def named_call(keys: Keys, declined: Declined) -> str:
    """Of what the phone system calls it; empty where it has no such name."""
    return keys.mark("declined", declined.id, "call", declined.call_id) if declined.call_id else ""


def named_recordings(keys: Keys, matter: str, native_ids: Iterable[str]) -> list[str]:
    """Of each name that a recording of it has, or will have."""
    return [keys.mark("declined", matter, "recording", one) for one in native_ids]


def named_legs(keys: Keys, declined: Declined) -> str:
    """Of the legs that were recorded still."""
    return keys.mark("declined", declined.id, "legs", *map(str, declined.legs))


def frozen(facts: Mapping[str, Any]) -> str:
    """The SHA-256 of how a day was counted: ids, days and moments, so that nothing has to be salted."""
    return sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

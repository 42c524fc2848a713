"""What the log says of a customer's request: commitments, which say nothing of who asks (P8)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from storage.commitments import commitment
from storage.tables.customers import CustomerMail, CustomerRequest


def of_customer(request: CustomerRequest) -> str:
    """Of all that is known of who asks for a call, as it is sealed: who lacks its key can hold it against the log as well."""
    return commitment(request.salt, "customer", request.sealed.hex())


def of_letter(request: CustomerRequest, mail: CustomerMail) -> str:
    """Of a letter to a customer as it is sealed, and of what a mail server knows it by."""
    return commitment(request.salt, "letter", mail.id, mail.message_id, mail.sealed.hex())


def decided_as(title: str) -> str:
    """The SHA-256 of as what somebody decided: a title of the policy's, which is no secret."""
    return sha256(title.encode()).hexdigest()


def frozen(facts: Mapping[str, Any]) -> str:
    """The SHA-256 of how a day was counted: ids, days and moments, so that nothing has to be salted."""
    return sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

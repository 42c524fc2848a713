"""What policy.yaml holds of customers who want their own calls (P8)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from handlers.rules.identity import Identity, email_key

from .terms import Part
from .values import Address, Count, Key, Label, Number, Text

IDENTITY_CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "document": "Saw a passport, an identity card or a driving licence",
        "known_details": "Asked for details that only the customer and we know",
        "signed_in": "They asked while signed in to their customer account",
        "called_back": "Called back on the number that the CRM has",
    }
)
"""How it may be checked who asks, as shipped."""
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "not_identified": "We could not make sure who is asking.",
        "no_call": "We hold no recording of a call of yours that fits what you told us.",
        "erased": "Any recording that fits what you told us is erased already.",
        "withdrawn": "You told us that you no longer ask for this.",
    }
)
"""Why a request may be refused, as shipped, in the words that the customer reads."""


class Customers(Part):
    """Copies of their own calls (P8). `remind_before` counts working days back from the due day.

    `handlers` confirm requests beside the team leader. `identity_checks` and `refusals` are closed lists, by key; a refusal is
    the sentence that the customer reads. `complain` says by line to whom a customer may complain.
    """

    working_days: Count
    remind_before: tuple[Count, ...]
    handlers: tuple[Address, ...] = ()
    identity_checks: Annotated[dict[Key, Label], Field(min_length=1, max_length=20)] = Field(
        default_factory=lambda: dict(IDENTITY_CHECKS)
    )
    refusals: Annotated[dict[Key, Text], Field(min_length=1, max_length=20)] = Field(
        default_factory=lambda: dict(REFUSALS)
    )
    complain: dict[Number, Text] = Field(default_factory=dict)
    link_days: Annotated[int, Field(ge=1, le=90)] = 14
    passcode_tries: Annotated[int, Field(ge=1, le=10)] = 5
    passcodes: Annotated[int, Field(ge=1, le=10)] = 3
    most_calls: Annotated[int, Field(ge=1, le=50)] = 50
    copy_kept_working_days: Count = 20

    def keyed(self, identity: Identity) -> Customers:
        return self.model_copy(update={"handlers": tuple(email_key(one, identity) for one in self.handlers)})

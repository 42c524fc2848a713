"""The sealed document of a customer's request: read and written here alone (P8)."""

from __future__ import annotations

from handlers import commitments
from handlers.acting import Act
from handlers.customers.known import Known
from handlers.sealing import AS_KNOWN, Seal
from storage.tables.customers import CustomerRequest


def read(act: Act, request: CustomerRequest) -> Known | None:
    """What is known of it; None once its key was destroyed."""
    told = Seal(act).opened(request.id, request.sealed, AS_KNOWN)
    return Known.model_validate_json(told) if told is not None else None


def write(act: Act, request: CustomerRequest, known: Known) -> dict[str, str]:
    """What is known of it from now on; returns what the log is to hold of that, in the entry of whoever changed it."""
    request.sealed = Seal(act).sealed(request.id, known.model_dump_json().encode(), AS_KNOWN)
    return {"sealed": commitments.of_customer(request)}

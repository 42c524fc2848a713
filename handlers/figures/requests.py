"""Requests of a month: how many, how they ended, how long they took, and whether they were answered in time (P7, P8, P9)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.figures.view import Deadline, Gathering, Missed, waits
from handlers.rules.figure_tables import Cell, Column, Table
from handlers.rules.figures import answered, why_unanswered
from handlers.words import counted
from storage.figures import CustomerAsked, StaffAsked

STAFF, INVESTIGATIONS, CUSTOMERS = "Staff requests", "Investigations and legal claims", "Customers’ requests"
DECIDED = ("approved", "denied")
COLUMNS = (
    Column("What"), Column("Asked"), Column("Approved", drawn=True), Column("Denied", drawn=True),
    Column("Withdrawn", drawn=True), Column("Lapsed", drawn=True), Column("Open at its end", drawn=True),
    Column("Median hours"), Column("Longest hours"),
)  # fmt: skip
NOTE = "Hours are working hours, from when it was asked until it was decided; a customer’s request until its mail was taken."


def requests(of: Gathering) -> Table:
    """How many were asked, decided and left open in the month, and how long the decided ones took."""
    staff, customers = _staff(of), _customers(of)
    rows = (
        _row(of, STAFF, [one for one in staff if not one.longer]),
        _row(of, INVESTIGATIONS, [one for one in staff if one.longer]),
        _customer_row(of, customers),
    )
    some = tuple(row for row in rows if any(row[1:7]))
    return Table("requests", "Requests", "P7 · P8 · P9", COLUMNS, some, "Nobody asked for anything.", NOTE)


def customers_answered(of: Gathering) -> Deadline:
    """P8: the promises to customers that fell in the month."""
    days = counted(of.policy.customers.working_days, "working day")
    fell = [one for one in _customers(of) if of.month.has(one.due_at)]
    stands = {one.id: _stands(one) for one in fell}
    missed = tuple(
        Missed("Customer’s request", one.id, one.due_at, _why(one))
        for one in fell if stands[one.id] == "missed" and one.due_at is not None
    )  # fmt: skip
    met, coming = (list(stands.values()).count(how) for how in ("met", "open"))
    return Deadline(f"Customers answered within {days} (P8)", met, missed, coming)


def staff_decided(of: Gathering) -> Deadline:
    """P7: requests of staff that were decided before they lapsed; an investigation never does."""
    staff = [one for one in _staff(of) if not one.longer]
    lapsed = [one for one in staff if one.state == "lapsed" and of.month.has(one.closed_at)]
    missed = tuple(
        Missed("Staff request", one.id, one.closed_at, "nobody decided it before it lapsed")
        for one in lapsed if one.closed_at is not None
    )  # fmt: skip
    met = sum(one.state in DECIDED and of.month.has(one.closed_at) for one in staff)
    return Deadline("Staff requests decided before they lapse (P7)", met, missed, sum(_open(of, one) for one in staff))


def _staff(of: Gathering) -> list[StaffAsked]:
    found = of.act.store.figures.asked_by_staff(of.month.since, of.month.until)
    return [one for one in found if of.knows(one.id)]


def _customers(of: Gathering) -> list[CustomerAsked]:
    found = of.act.store.figures.asked_by_customers(of.month.since, of.month.until)
    return [one for one in found if of.knows(one.id)]


def _row(of: Gathering, what: str, those: Sequence[StaffAsked]) -> tuple[Cell, ...]:
    ended = [one for one in those if of.month.has(one.closed_at)]
    states = [one.state for one in ended]
    spans = [of.took(one.line, one.asked_at, one.closed_at) for one in ended if one.state in DECIDED and one.closed_at]
    numbers = (states.count(one) for one in (*DECIDED, "withdrawn", "lapsed"))
    asked = sum(of.month.has(one.asked_at) for one in those)
    return (what, asked, *numbers, sum(_open(of, one) for one in those), *waits(spans))


def _customer_row(of: Gathering, those: Sequence[CustomerAsked]) -> tuple[Cell, ...]:
    done = [one for one in those if of.month.has(one.answered_at)]
    refused = sum(one.outcome == "refused" for one in done)
    withdrawn = sum(one.state == "withdrawn" and of.month.has(one.closed_at) for one in those)
    spans = [of.took(one.line, one.received_at, one.answered_at) for one in done if one.answered_at]
    still = sum((one.closed_at or of.month.until) >= of.month.until for one in those)
    asked = sum(of.month.has(one.received_at) for one in those)
    return (CUSTOMERS, asked, len(done) - refused, refused, withdrawn, None, still, *waits(spans))


def _open(of: Gathering, one: StaffAsked) -> bool:
    return one.closed_at is None or one.closed_at >= of.month.until


def _stands(one: CustomerAsked) -> str:
    gone = one.closed_at if one.state == "withdrawn" else None
    return answered(one.due_at, one.answered_at, one.missed_at, gone) if one.due_at is not None else "none"


def _why(one: CustomerAsked) -> str:
    done = one.answered_at is not None
    due = one.due_at or one.received_at
    return why_unanswered(due, one.state, one.decided_at, came_back=one.came_back, answered=done)

"""Declined calls as the operator and the Head meet them (P5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.cards import Card, Sheet
from handlers.declined.cards import declined_card
from handlers.declined.deciding import DeclinedCase, KeepForm
from storage.records import Party
from storage.tables.calls import Declined
from tests.golden.requests import ANNA, HELENA, NOW, POLICY, a_call, a_person

AU = "+61281979000"
LIVE: dict[str, Any] = {
    "how": "midway", "live": "off", "began": NOW - timedelta(minutes=3), "due_at": NOW + timedelta(days=1), "line": AU,
    "stopped_at": NOW - timedelta(seconds=17),
}  # fmt: skip
AFTER: dict[str, Any] = {"how": "afterwards", "began": NOW - timedelta(days=1), "line": AU}
CHOICES = [
    {"call_id": "7", "line": AU, "caller": "•••• 678", "began": (NOW - timedelta(minutes=3)).isoformat(), "recordings": []},
    {"call_id": "8", "line": "+442036953777", "caller": "withheld", "began": NOW.isoformat(), "recordings": []},
]  # fmt: skip


def _view(state: str, **facts: Any) -> DeclinedCase:
    row = Declined(id="D-7F3K2QXM", said_by=ANNA, asked_at=NOW, state=state, **{"choices": [], "legs": [], **facts})
    party = Party(matter_id=row.id, person_id=HELENA, part="approver", role="head_of_customer_success", since=NOW)
    people = {one.id: one for one in (a_person(ANNA, "Anna Quill"), a_person(HELENA, "Helena Marsh"))}
    calls = [a_call(1, AU)] if row.how == "afterwards" or state in ("kept", "going") else []
    parties = [party] if row.how else []
    more: dict[str, Any] = {"erased": {}, "kept": frozenset(), "offered": {}}
    return DeclinedCase(row, parties, people, POLICY, NOW, calls=calls, unmet=0 if calls else 1, **more)


CARDS: Mapping[str, Card] = {
    "declined-looking": declined_card(_view("looking"), ANNA),
    "declined-no-answer": declined_card(_view("looking", trouble="unreachable"), ANNA),
    "declined-two-calls": declined_card(_view("choosing", choices=CHOICES), ANNA),
    "declined-off": declined_card(_view("waiting", **LIVE), ANNA),
    "declined-off-head": declined_card(_view("waiting", **LIVE), HELENA),
    "declined-still": declined_card(_view("waiting", **{**LIVE, "live": "still", "legs": ["customer"]}), ANNA),
    "declined-after": declined_card(_view("waiting", **AFTER), ANNA),
    "declined-after-head": declined_card(_view("waiting", **AFTER), HELENA),
    "declined-kept": declined_card(
        _view("kept", **{**LIVE, "live": "over", "decided_by": HELENA, "reason": "agreed"}), ANNA
    ),
    "declined-going": declined_card(_view("going", **{**AFTER, "decided_by": HELENA}), HELENA),
}
FORMS: Mapping[str, Sheet] = {
    "form-declined-keep": KeepForm.sheet(POLICY, "D-7F3K2QXM", "The customer declined to be recorded.")
}

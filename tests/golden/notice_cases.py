"""Notices to callers as people meet them: their owners, and the people told of a no (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.cards import Card, Sheet
from handlers.notices.cards import notice_card
from handlers.notices.forms import NoticeForm, OutageForm, WithdrawForm
from handlers.notices.state import NoticeCase
from storage.records import Party
from storage.tables.reviews import NoticeCheck, PageLook
from tests.golden.requests import HELENA, NOW, POLICY, a_person

ID = "N-7F3K2QXM"
RANG = "Rang from my own mobile at ten, and heard every word."


def _view(
    notice: str, state: str, look: PageLook | None = None, **facts: Any
) -> NoticeCase:  # fmt: skip
    row = NoticeCheck(
        id=ID,
        notice=notice,
        why="quarter",
        digest="0123456789",
        due_on="2026-11-20",
        asked_at=NOW,
        state=state,
        **facts,
    )
    party = Party(matter_id=row.id, person_id=HELENA, part="approver", role="head_of_customer_success", since=NOW)
    return NoticeCase(row, [party], {HELENA: a_person(HELENA, "Helena Marsh")}, POLICY, NOW, look=look)


def _look(answer: str, *reasons: str) -> PageLook:
    return PageLook(id="PL-1", number=1, at=NOW, looked_at=NOW, answer=answer, reasons=list(reasons), digest="x")


ENDED: dict[str, Any] = {"closed_at": NOW, "decided_by": HELENA, "words": RANG}
CARDS: Mapping[str, Card] = {
    "notice-phone": notice_card(_view("phone", "waiting"), HELENA),
    "notice-website": notice_card(_view("website", "waiting", look=_look("no", "website:wording_missing", "contact:slow")), HELENA),
    "notice-confirmed": notice_card(_view("phone", "confirmed", **ENDED), HELENA),
    "notice-no": notice_card(_view("outgoing", "no", **ENDED), HELENA),
}  # fmt: skip
FORMS: Mapping[str, Sheet] = {
    "form-notice": NoticeForm.sheet(POLICY, f"{ID}:01234567", "Phone each line from outside and listen."),
    "form-outage": OutageForm.sheet(POLICY),
    "form-outage-withdraw": WithdrawForm.sheet(POLICY, "O-7F3K2QXM", "It was entered on Tue 24 Nov 2026."),
}

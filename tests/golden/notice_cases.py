"""Notices to callers as people meet them: whoever confirms them, and whoever hears of a no (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.cards import Card, Sheet
from handlers.notices.cards import card
from handlers.notices.forms import OutageForm, OutgoingForm, PhoneForm, WebsiteForm, WithdrawForm
from handlers.notices.view import View
from storage.records import Party
from storage.tables.notices import NoticeAnswer, NoticeCheck, PageLook
from tests.golden.requests import HELENA, NOW, POLICY, a_person

AU, UK = "+61281979000", "+442036953777"
ID = "N-7F3K2QXM"
RANG = "Rang from my own mobile at ten, and heard every word."


def _answer(line: str = "", **answers: str) -> NoticeAnswer:
    found = NoticeAnswer(
        matter_id=ID, line=line, person_id=HELENA, at=NOW, on_day="2026-11-24", answers=dict(answers), words=RANG
    )
    found.id = 1
    return found


def _view(notice: str, state: str, *answers: NoticeAnswer, look: PageLook | None = None, **facts: Any) -> View:
    row = NoticeCheck(
        id=ID, notice=notice, why="quarter", digest="x", due_on="2026-11-20", asked_at=NOW, state=state, **facts
    )
    party = Party(matter_id=row.id, person_id=HELENA, part="approver", role="head_of_customer_success", since=NOW)
    return View(row, list(answers), [party], {HELENA: a_person(HELENA, "Helena Marsh")}, POLICY, NOW, look=look)


def _look(answer: str, *reasons: str) -> PageLook:
    return PageLook(id="PL-1", number=1, at=NOW, looked_at=NOW, answer=answer, reasons=list(reasons), digest="x")


YES = {"exact": "yes", "before": "yes", "whole": "yes"}
ENDED: dict[str, Any] = {"closed_at": NOW + timedelta(hours=1)}
CARDS: Mapping[str, Card] = {
    "notice-phone": card(_view("phone", "waiting", _answer(AU, **YES)), HELENA),
    "notice-website": card(_view("website", "waiting", look=_look("no", "website:wording_missing", "contact:slow")), HELENA),
    "notice-confirmed": card(_view("phone", "confirmed", _answer(AU, **YES), _answer(UK, **YES), **ENDED), HELENA),
    "notice-no": card(_view("outgoing", "no", _answer(**{**YES, "before": "no"}), **ENDED), HELENA),
    "notice-over": card(_view("website", "over", **ENDED), HELENA),
}  # fmt: skip
FORMS: Mapping[str, Sheet] = {
    "form-notice-phone": PhoneForm.sheet(POLICY, f"{ID}:phone", "Ring the line from outside and listen."),
    "form-notice-website": WebsiteForm.sheet(POLICY, f"{ID}:website", "Look at the two pages."),
    "form-notice-outgoing": OutgoingForm.sheet(POLICY, f"{ID}:outgoing", "Listen how outgoing calls begin."),
    "form-outage": OutageForm.sheet(POLICY),
    "form-outage-withdraw": WithdrawForm.sheet(POLICY, "O-7F3K2QXM", "It was entered on Tue 24 Nov 2026."),
}

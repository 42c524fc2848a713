"""C1: entries of earlier versions, and what somebody made of the log by hand, as the comparison takes them: it never ends with them."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from handlers.acting import NONE
from handlers.keys import Keys
from handlers.reconciling import copies, formerly, letters, reconcile_alarms
from handlers.reconciling.findings import Finding, Gap
from storage.evidence.alarms import Sounded
from storage.evidence.customers import CustomerFile
from storage.evidence.requests import Logged
from storage.records import FormerAddress
from tests.each import each
from tests.moments import NOW

pytestmark = pytest.mark.soak

KEYS = Keys(b"k" * 32)
UNTIL = (NOW + timedelta(days=9)).isoformat()


def at(second: int) -> datetime:
    return NOW + timedelta(seconds=second)


def logged(action: str, second: int = 1, **detail: Any) -> Logged:
    return Logged(second, at(second), "clock", action, "C-1", detail)


RELEASED = logged("customer.release", 1, link="CL-1", mail="M-1", until=UNTIL, gives="copy")
LATE = logged("customer.tell_late", 2, mail="M-2")


def _file(*entries: Logged, **stored: Any) -> CustomerFile:
    rows: dict[str, Any] = {"links": [], "sessions": [], "listenings": [], "mails": []}
    return cast(
        "CustomerFile", SimpleNamespace(request=SimpleNamespace(id="C-1"), entries=entries, **{**rows, **stored})
    )


def _letter(name: str, kind: str, entry: Logged, **more: Any) -> SimpleNamespace:
    stored = {"link_id": entry.detail.get("link"), "attempts": 0, "state": "waiting", "code": "", "settled_at": None}
    return SimpleNamespace(id=name, matter_id="C-1", kind=kind, made_at=entry.at, **{**stored, **more})


@each(
    ("entry", "became"),
    [
        (logged("customer.end_link", 3, link="CL-1"), {"state": "dropped", "settled_at": at(3)}),
        (logged("customer.collect", 3, lost=["M-1"]), {"state": "unknown", "code": "stopped"}),
        (
            logged("customer.accepted", 3, mail="M-1", answer="250 2.0.0 Ok", answered=False),
            {"state": "dropped", "code": "250", "settled_at": at(3)},
        ),
        (logged("customer.bounced", 3, mail="M-1"), {"state": "refused", "code": "bounced", "settled_at": at(3)}),
    ],
)
def test_p8_what_an_earlier_version_did_not_say_of_a_letter_is_not_held_against_it(
    entry: Logged, became: dict[str, Any]
) -> None:
    """A word that it will be late is no answer: it goes on its way when a link ends."""
    rows = [_letter("M-1", "copy", RELEASED, **became), _letter("M-2", "late", LATE)]
    assert list(letters.compared(_file(RELEASED, LATE, entry, mails=rows), erased=True)) == []


def test_p8_a_letter_whose_last_word_was_said_is_not_lost_any_more() -> None:
    said = logged("customer.not_taken", 3, mail="M-1", code="550")
    row = _letter("M-1", "copy", RELEASED, state="refused", code="550", settled_at=at(3))
    found = letters.compared(
        _file(RELEASED, said, logged("customer.collect", 4, lost=["M-1"]), mails=[row]), erased=True
    )
    assert list(found) == []


def test_p8_of_a_page_that_was_left_and_a_download_an_earlier_version_said_less() -> None:
    """It is told as a gap, and no finding, also where the same part was had twice; what says nothing of a link changes nothing."""
    link = SimpleNamespace(
        id="CL-1", matter_id="C-1", made_at=at(1), ends_at=NOW + timedelta(days=9), gives="copy", code="c" * 64, state="live",
        passcodes=0, tries=0, opened_at=None, fetched_at=None,
    )  # fmt: skip
    had = SimpleNamespace(
        id=1, matter_id="C-1", link_id="CL-1", recording_id=7, kind="downloaded", at=at(3), start=0.0, end=9.0, whole=False,
    )  # fmt: skip
    entries = (
        RELEASED, logged("customer.leave_page", 2, link="CL-1"), *[logged("customer.downloaded", 3, link="CL-1", recordings=[7])] * 2,
        logged("customer.collect", 4, link="CL-1"),
    )  # fmt: skip
    found = list(copies.compared(_file(*entries, links=[link], listenings=[had, had])))
    assert [one for one in found if isinstance(one, Finding)] == []
    assert {copies.CODES, copies.LENGTHS} == {one.what for one in found if isinstance(one, Gap)}


def test_b4_an_alarm_that_nobody_can_read_in_the_log_is_told() -> None:
    spoilt = cast("Sounded", SimpleNamespace(spoilt=[], rows=[SimpleNamespace()], entries=[SimpleNamespace()]))
    assert reconcile_alarms(spoilt) == [Finding("what the log says of alarms can't be read")]


def test_p7_addresses_that_nobody_can_read_are_told() -> None:
    assert formerly(None, KEYS) == [Finding("addresses that people had before can't be read")]
    spoilt = ([FormerAddress(email_key="old@fernhill.example", person_id=1)], [logged("people.meet")])
    [found] = formerly(spoilt, KEYS)
    assert "can't be read" in str(found)
    [gap] = formerly(spoilt, NONE)
    assert isinstance(gap, Gap)

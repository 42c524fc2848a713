"""What watches the rehearsal finds each thing that must not be, and shares no code with the rules (P12)."""

from __future__ import annotations

import ast
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.handlers.builders import UK
from tests.moments import NOW
from tests.years import causes, checker, watching
from tests.years.causes import Causes
from tests.years.checker import moment
from tests.years.town import Call, record_sparsely
from tests.years.watching import Watching

pytestmark = pytest.mark.soak

CALL = Call(0, UK, NOW, "Bram Tolliver")
DUE, NUMBER = moment(CALL), 7
CHECKERS = (causes, checker, watching)
OURS = {"tests.years.town", "tests.handlers.builders", *(one.__name__ for one in CHECKERS)}
HOUR = timedelta(hours=1)


def _row(action: str, at: datetime, subject: str = "", **detail: Any) -> dict[str, Any]:
    return {"outcome": "done", "action": action, "subject": subject, "at": at.isoformat(), "detail": detail}


def _certified(at: datetime, why: str = "retention", **more: str) -> dict[str, Any]:
    return _row("retention.certify", at, "E-1", recording=NUMBER, why=why, **more)


HELD = _row("hold.set", DUE - HOUR, "H-1", recordings=[NUMBER], until=(DUE + 9 * HOUR).isoformat())
ASKED = _row("access.file", DUE - HOUR, "R-1", recordings=[NUMBER])
DENIED = _row("access.deny", DUE + 9 * HOUR, "R-1")
PAUSED = (
    _row("retention.pause", DUE, "EP-1"),
    _row("retention.continue", DUE + 9 * HOUR, "EP-1", state="continued"),
)


def _watched(
    folder: Path, gone: datetime, *rows: dict[str, Any], around: datetime = DUE, declined: bool = False
) -> list[str]:
    """What is found where a call went then, and the log says this; somebody looks each quarter of an hour."""
    record_sparsely(folder, CALL)
    seen = Watching(folder, [CALL])
    seen.recorded(CALL)
    if declined or around != DUE:
        seen.may_go(0, declined=declined)
    for quarter in range(60):
        at = around - HOUR + quarter * timedelta(minutes=15)
        if at >= gone and seen.there(0):
            (folder / CALL.name).unlink()
        if at == around - timedelta(minutes=15):
            seen.before_its_moment(0, at)
        seen.look(at)
    return [one.split(" at ")[0] for one in seen.check(Causes().read(rows), {0: NUMBER}, around + timedelta(days=10))]


@pytest.mark.parametrize("after", [timedelta(0), HOUR])
def test_p12_what_is_as_it_has_to_be_is_not_told(tmp_path: Path, after: timedelta) -> None:
    assert _watched(tmp_path, DUE + after, _certified(DUE + after)) == []


@pytest.mark.parametrize(
    ("gone", "rows", "told"),
    [
        (DUE - timedelta(minutes=30), [_certified(DUE - timedelta(seconds=1))], "call 0 was erased 0:00:01 early"),
        (DUE + 2 * HOUR, [_certified(DUE + 2 * HOUR)], "call 0 was still there"),
        (DUE, [], "call 0 is gone without a certificate"),
        (DUE + 30 * HOUR, [_certified(DUE)], "call 0 is certified and was seen"),
        (DUE, [_certified(DUE), _certified(DUE)], "recording 7 was certified twice"),
        (DUE, [HELD, _certified(DUE)], "call 0 was erased"),
        (DUE, [ASKED, DENIED, _certified(DUE)], "call 0 was erased"),
        (DUE + 11 * HOUR, [HELD, _certified(DUE + 11 * HOUR)], "call 0 was still there"),
        (DUE + 11 * HOUR, [ASKED, DENIED, _certified(DUE + 11 * HOUR)], "call 0 was still there"),
        (DUE + 11 * HOUR, [*PAUSED, _certified(DUE + 11 * HOUR, pause="EP-1")], "call 0 was still there"),
        (DUE + HOUR, [*PAUSED, _certified(DUE + HOUR, pause="EP-1")], "call 0 was erased"),
    ],
)
def test_p12_what_is_not_is_found(tmp_path: Path, gone: datetime, rows: list[dict[str, Any]], told: str) -> None:
    assert any(one.startswith(told) for one in _watched(tmp_path, gone, *rows))


@pytest.mark.parametrize("kept", [[HELD], [ASKED, DENIED], [*PAUSED]])
def test_p12_what_keeps_a_call_excuses_it_until_an_hour_later(tmp_path: Path, kept: list[dict[str, Any]]) -> None:
    assert _watched(tmp_path, DUE + 10 * HOUR, *kept, _certified(DUE + 10 * HOUR)) == []


EARLY = NOW + timedelta(days=1)
MET = _row("declined.meet", NOW + HOUR, "D-1", recordings=[NUMBER])
GOES = _row("declined.go", EARLY, "D-1", state="going")
AGREED = _row("declined.keep", NOW + 2 * HOUR, "D-1", state="kept")
HELD_EARLY = _row("hold.set", NOW + HOUR, "H-1", recordings=[NUMBER], until=(EARLY + 9 * HOUR).isoformat())


@pytest.mark.parametrize(
    ("hours", "rows", "why", "declined"),
    [
        (1, [MET, GOES], "declined", True),
        (10, [MET, HELD_EARLY, GOES], "declined", True),
    ],
)
def test_p5_p8_what_may_go_early_goes_within_the_hour(
    tmp_path: Path, hours: int, rows: list[dict[str, Any]], why: str, declined: bool
) -> None:
    gone = EARLY + hours * HOUR
    assert _watched(tmp_path, gone, *rows, _certified(gone, why), around=EARLY, declined=declined) == []


@pytest.mark.parametrize(
    ("hours", "rows", "told"),
    [
        (1, [MET, GOES, _certified(EARLY + HOUR)], "call 0 was certified as retention, and was declined"),
        (3, [MET, GOES, _certified(EARLY + 3 * HOUR, "declined")], "call 0 was still there"),
        (-1, [MET, GOES, _certified(EARLY - HOUR, "declined")], "call 0 was erased 1:00:00 early"),
        (1, [MET, HELD_EARLY, GOES, _certified(EARLY + HOUR, "declined")], "call 0 was erased"),
        (1, [MET, AGREED, _certified(EARLY + HOUR, "declined")], "call 0 was erased"),
        (999, [MET], "call 0, whose caller declined, was not let go"),
    ],
)
def test_p5_p8_what_goes_early_otherwise_is_found(
    tmp_path: Path, hours: int, rows: list[dict[str, Any]], told: str
) -> None:
    found = _watched(tmp_path, EARLY + hours * HOUR, *rows, around=EARLY, declined=True)
    assert any(one.startswith(told) for one in found), found


@pytest.mark.parametrize("module", CHECKERS, ids=lambda one: one.__name__)
def test_p12_it_shares_no_code_with_the_rules(module: object) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {one for one in named if one.split(".")[0] not in sys.stdlib_module_names} <= OURS

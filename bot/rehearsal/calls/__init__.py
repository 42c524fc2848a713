"""The sample company's recorded calls: spoken from scripts, and stored as a call centre would leave them."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import soundfile
import yaml

from bot.rehearsal.company import LONDON, PEOPLE, SYDNEY, Department, Employee

HERE = Path(__file__).parent
AUDIO = HERE / "audio"
ZONES = {"+61 2 8197 9000": SYDNEY, "+44 20 3695 3777": LONDON}

_LAID_OUT = ".laid-out"
_STAFF = {person.email: person for person in PEOPLE}


@dataclass(frozen=True, slots=True)
class Script:
    """One call as scripted; `at` is local time on the line."""

    id: str
    days_ago: int
    at: time
    line: str
    direction: Literal["incoming", "outgoing"]
    caller: str
    operator: Employee
    department: Department
    crm: str

    @property
    def audio(self) -> Path:
        return AUDIO / f"{self.id}.mp3"

    def started(self, today: date) -> datetime:
        """Return when the call began, counted from `today`, in the line's time zone."""
        day = today - timedelta(days=self.days_ago)
        return datetime.combine(day, self.at, ZoneInfo(ZONES[self.line]))


@cache
def scripts() -> tuple[Script, ...]:
    """Return every call, newest first."""
    return tuple(map(_script, yaml.safe_load((HERE / "scripts.yaml").read_text("utf-8"))["calls"]))


def lay_out(folder: Path, today: date) -> int:
    """Put the calls into `folder`, dated back from `today`, and return how many. A folder is filled only once, so that
    no recording changes its date and no erased one comes back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / _LAID_OUT).exists():
        return 0
    found = scripts()
    for script in found:
        began = script.started(today).timestamp()
        shutil.copyfile(script.audio, folder / script.audio.name)
        os.utime(
            folder / script.audio.name, (began, began)
        )  # a file of its call's day, as a recorder would have left it
        _put(folder / f"{script.id}.json", json.dumps(_sidecar(script, today), indent=2, ensure_ascii=False))
    _put(folder / _LAID_OUT, f"{today.isoformat()}\n")
    return len(found)


def _script(written: Mapping[str, Any]) -> Script:
    same = ("id", "days_ago", "line", "direction", "caller", "department", "crm")
    return Script(
        **{field: written[field] for field in same},
        at=time.fromisoformat(written["at"]),
        operator=_STAFF[written["operator"]],
    )


def _sidecar(script: Script, today: date) -> dict[str, object]:
    return {
        "line": script.line,
        "direction": script.direction,
        "caller": script.caller,
        "operator": {"name": script.operator.name, "email": script.operator.email},
        "department": script.department,
        "started": script.started(today).isoformat(),
        "duration": round(soundfile.info(str(script.audio)).duration, 1),
        "crm": script.crm,
    }


def _put(path: Path, text: str) -> None:
    """Write a file so that it is never seen half written."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)

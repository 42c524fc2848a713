"""The keys that stay when the master key is replaced stand in the journal as well: it outlives a database, and is read by them (P12)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.journal import LONGEST_LINE
from bot.proof.journal_lines import PIECE, naming
from handlers.keys import LASTING, Keys, Unopened

KIND = "lasting_keys"


def line(wraps: Mapping[str, bytes], at: datetime) -> dict[str, object]:
    """A line with these keys as the newest master key wraps them (`at` is aware); it shows by them alone that it is ours."""
    return {"kind": KIND, "wraps": {name: wrap.hex() for name, wrap in wraps.items()}, "at": at.isoformat()}


def found(file: Path, keys: Keys) -> dict[str, bytes]:
    """The newest of them that these master keys open; nothing where there is none, or no file. Raises OSError."""
    kept: dict[str, bytes] = {}
    try:
        with file.open("rb") as opened:
            while block := opened.read(PIECE):
                block += opened.readline(LONGEST_LINE)
                for told in naming(block, (KIND,)):
                    kept = _opened(told, keys) or kept
    except FileNotFoundError:
        return {}
    return kept


def _opened(told: bytes, keys: Keys) -> dict[str, bytes]:
    try:
        wraps = {name: bytes.fromhex(wrap) for name, wrap in json.loads(told)["wraps"].items()}
        kept = {name: keys.open(wrap, name, "lasting", name) for name, wrap in wraps.items()}
    except (Unopened, LookupError, TypeError, AttributeError, ValueError, RecursionError):
        return {}
    return kept if kept.keys() >= LASTING.keys() else {}

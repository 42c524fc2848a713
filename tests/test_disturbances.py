"""Each disturbance has one owner beneath the features, which don't mention it (docs/architecture.md)."""

from __future__ import annotations

import re
from pathlib import Path

from tests.each import each

ROOT = Path(__file__).parents[1]
DISTURBANCES = {
    "another recording has a call's name": (
        r"another recording|another call (has|had|is|took)|became another|call_changed|operators_before|_replaced\b",
        {"handlers/recordings.py"},
    ),
    "a person has several addresses": (
        r"\baliases|former.?address|\b(every|all|other) address|people\.whole\(|people\.had\(|whose_data\.addresses",
        {"handlers/matters/case.py"},
    ),
    "somebody can't be reached": (
        r"\.unreachable\b|\bunreachable=|\.out_of_reach\(",
        {
            "handlers/matters/asking.py", "handlers/matters/case.py", "handlers/rules/deciders.py", "handlers/rules/routing.py",
            "handlers/breach/steps.py",
        },
    ),
    "the database was restored": (
        r"restor(e|ed|es|ing)\b|recall|checkpoint",
        {
            "handlers/journal.py", "handlers/retention/guard.py", "handlers/retention/cards.py",
            "handlers/rules/retention.py",
        },
    ),
}  # fmt: skip
"""By the disturbance: the words that only its owners in handlers/ may use."""


@each("disturbance", DISTURBANCES)
def test_no_feature_mentions_a_disturbance_that_is_anothers(disturbance: str) -> None:
    words, owners = DISTURBANCES[disturbance]
    files = {file.relative_to(ROOT).as_posix(): file for file in sorted((ROOT / "handlers").rglob("*.py"))}
    found = {
        f"{name}:{number}: {line.strip()}"
        for name, file in files.items()
        if name not in owners
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(words, line, re.IGNORECASE)
    }
    assert found == set()
    assert owners <= files.keys()

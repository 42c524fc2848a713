"""policy.yaml as plain values, and back, and what is said about one that can't be used."""

import re
from typing import Any

import pytest
import yaml

from handlers.policy import PolicyError, load_policy
from handlers.policy.marks import Flaw


def plain(text: str) -> dict[str, Any]:
    """Return groups, lists and texts as they are written."""
    values: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return values


def written(values: object) -> str:
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)


def flaws(text: str) -> tuple[Flaw, ...]:
    with pytest.raises(PolicyError) as refusal:
        load_policy(text, "policy.yaml")
    for flaw in refusal.value.flaws:
        reads_well(flaw.sentence)
        assert f"line {flaw.line}, {flaw.key}: {flaw.sentence}" in str(refusal.value)
        assert 1 <= flaw.line <= len(text.splitlines()) + 1
    return refusal.value.flaws


def reads_well(sentence: str) -> None:
    """Check that it says at least what is wrong and what to do, in short sentences and without the library's words."""
    parts = re.split(r"(?<=[.?]) ", sentence)
    assert len(parts) >= 2
    assert sentence[-1] in ".?”"
    assert all(len(part.split()) <= 20 for part in parts)
    assert not re.search(r"!|pydantic|str\b|Input|type=|NoneType", re.sub("“.*?”", "", sentence))

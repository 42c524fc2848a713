"""The values of policy.yaml that nothing keeps yet, each until the feature that keeps it: `check` names them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

UNKEPT: tuple[str, ...] = ()


def unkept(values: Iterable[str] = UNKEPT) -> list[str]:
    """A sentence for each group, in the order of the file."""
    groups = groupby(values, key=lambda value: value.partition(".")[0])
    return [f"nothing keeps this yet: {', '.join(names)}" for _, names in groups]

"""The values of policy.yaml that nothing keeps yet, each until the feature that keeps it: `check` names them."""

from __future__ import annotations

from itertools import groupby

UNKEPT = ("lines.regions",)


def unkept() -> list[str]:
    """A sentence for each group, in the order of the file."""
    groups = groupby(UNKEPT, key=lambda value: value.partition(".")[0])
    return [f"nothing keeps this yet: {', '.join(values)}" for _, values in groups]

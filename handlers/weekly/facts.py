"""How things stood when a weekly card was made, by ids alone: what is stored of it, and its digest."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict, cast


class Late(TypedDict):
    """Calls (`recordings`) and `files` whose erasure is late, by what stood in the way, or that wait in a `pause`."""

    why: str
    pause: str
    recordings: list[int]
    files: list[int]


class Kept(TypedDict):
    """Closed calls that a matter keeps; `why` as of a `Keep`, `until` (ISO) is the first end of them."""

    matter: str
    why: str
    until: str
    recordings: list[int]


class Waits(TypedDict):
    """A matter that waits: `since` (ISO), `due` (ISO) where it is overdue or empty, `state` and whom it was asked of."""

    matter: str
    since: str
    due: str
    state: str
    asked: list[int]


class Odd(TypedDict):
    """An entry of the log that tells of something out of the ordinary."""

    entry: int
    action: str
    subject: str


class Unreached(TypedDict):
    """Somebody or something in a route that can't be reached, as of a `ReachProblem`."""

    subject: str
    kind: str
    person: int | None
    why: str
    since: str


class Log(TypedDict):
    """How far the log was verified, `faults` things that did not fit, and the day of the checkpoint that covers it; `at` is empty where it was not.

    Not `compared`: the checkpoints in the journal could not be read. Earlier cards do not say so.
    """

    entries: int
    faults: int
    checkpoint: str
    written: bool
    at: str
    compared: NotRequired[bool]


class Facts(TypedDict):
    """All of it."""

    late: list[Late]
    kept: list[Kept]
    overdue: list[Waits]
    waiting: list[Waits]
    exceptions: list[Odd]
    outside: list[int]
    files: list[int]
    vanished: list[int]
    unreached: list[Unreached]
    untried: list[int]
    unseen: list[str]
    log: Log


def stored(facts: Facts) -> dict[str, Any]:
    """As a row keeps it."""
    return cast("dict[str, Any]", facts)


def read(row: dict[str, Any]) -> Facts:
    """As a row keeps it."""
    return cast("Facts", row)

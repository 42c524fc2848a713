"""The table of Web API methods, each with its rate tier, scope and function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.refusals import SlackError, missing
from bot.rehearsal.slack.workspace import Workspace

Work = Callable[[Workspace, Json], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """`scope` empty: none is needed; `app_level`: called with the xapp- token."""

    work: Work
    tier: int
    scope: str = ""
    app_level: bool = False


METHODS: dict[str, Method] = {}


def method(name: str, tier: int, scope: str = "", *, app_level: bool = False) -> Callable[[Work], Work]:
    def enter(work: Work) -> Work:
        METHODS[name] = Method(work, tier, scope, app_level)
        return work

    return enter


def need(args: Json, name: str) -> str:
    """A required argument as text; raises SlackError invalid_arguments."""
    value = args.get(name)
    if value in (None, ""):
        raise missing(name)
    return str(value)


def need_scope(workspace: Workspace, scope: str) -> None:
    if scope and scope not in workspace.scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(workspace.scopes)))


def page(items: list[Json], args: Json, most: int = 1000) -> tuple[list[Json], str]:
    """One page of a list by `cursor` and `limit`, and the next cursor ("" at the end)."""
    limit, cursor = str(args.get("limit") or most), str(args.get("cursor") or "0")
    if not limit.isdigit() or not 0 < int(limit) <= most:
        raise SlackError("invalid_limit")
    if not cursor.isdigit() or int(cursor) > len(items):
        raise SlackError("invalid_cursor")
    end = int(cursor) + int(limit)
    return items[int(cursor) : end], str(end) if end < len(items) else ""

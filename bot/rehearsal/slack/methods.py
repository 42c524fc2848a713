"""The table of Web API methods, each with its rate tier, scope and function."""

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

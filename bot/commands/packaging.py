"""`recording-steward teams-package`: the file with which an administrator puts the bot into the company's Teams."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.settings.config import Misconfigured, as_given, policy
from bot.teams.package import HOME, Listed, build, faults, numbered
from handlers import COMMANDS

HOME_SAYS = "What needs you, and what you may hear"


def package(out: Path) -> int:
    """Write the package from the policy and the settings; raises `Misconfigured` that names all that is missing."""
    found = as_given()
    app_id = found.microsoft_app_id or ""
    rows = list(faults(app_id, found.public_url))
    try:
        rules = policy(found.policy_file)
    except Misconfigured as error:
        raise Misconfigured("\n".join([*rows, str(error)])) from error
    if rows:
        raise Misconfigured("\n".join(rows))
    try:
        number = numbered(datetime.now(UTC))
        build(rules, app_id, found.public_url, out, commands(), number)
    except OSError as error:
        raise Misconfigured(f"--out: {out} can't be written ({error.strerror}).") from error
    print(f"{out} is ready, with version {number}. Upload it in the Teams admin center, under Teams apps, Manage apps.")
    return 0


def commands() -> Mapping[str, Listed]:
    """What people type in Teams, and what it says in the menus."""
    told = {word: Listed(command.says, command.short or command.says) for word, command in COMMANDS.items()}
    return told | {HOME: Listed(HOME_SAYS, HOME_SAYS)}

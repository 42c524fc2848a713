"""Builds the Teams app package, the zip that an administrator uploads: manifest and icons."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.teams import icons
from bot.wording import cut
from handlers.rules.policy import Policy

SCHEMA = "1.30"
HOME = "home"
"""The one command whose answer is private as a whole: offered in personal chats only."""
_NAME = "Recording Steward"
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE
)
# The zip is the same for the same settings, whenever it is built.
_EPOCH = (2026, 1, 1, 0, 0, 0)


def build(policy: Policy, app_id: str, public_host: str, out: Path, commands: Mapping[str, str]) -> Path:
    """Write the package to `out` and return it; raises ValueError with a sentence about a setting that can't be right.

    `app_id` is MICROSOFT_APP_ID, `public_host` the host of PUBLIC_URL. `commands`: what people type, without
    slash, and what it says in the list.
    """
    if not _GUID.fullmatch(app_id):
        raise ValueError("MICROSOFT_APP_ID is not the id of an app. Copy the id of your Azure Bot, 36 characters.")
    if not _HOST.fullmatch(public_host):
        raise ValueError("The host of PUBLIC_URL is not the name of a host, such as steward.example.com.")
    files = {
        "manifest.json": json.dumps(
            manifest(policy, app_id, public_host, commands), indent=2, ensure_ascii=False
        ).encode(),
        "color.png": icons.colour(),
        "outline.png": icons.outline(),
    }
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(ZipInfo(name, _EPOCH), content, ZIP_DEFLATED)
    return out


def manifest(policy: Policy, app_id: str, public_host: str, commands: Mapping[str, str]) -> dict[str, object]:
    """The app manifest (learn.microsoft.com, "App manifest schema"); ids and host as for `build`."""
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": version("recording-steward"),
        "id": app_id,
        "developer": _developer(policy, public_host),
        "name": {"short": _NAME, "full": f"{_NAME} of {cut(policy.company.name, 75)}"},
        "description": _description(policy),
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#{:02x}{:02x}{:02x}".format(*icons.GROUND),
        "bots": [_bot(app_id, commands)],
        "composeExtensions": [{"botId": app_id, "commands": [_action(*one) for one in _shared(commands).items()]}],
        "defaultInstallScope": "personal",
        "validDomains": [public_host],
    }


def _developer(policy: Policy, public_host: str) -> dict[str, str]:
    """The company runs the bot itself, so its own notice is what there is to read about privacy (P3)."""
    notice = policy.notices.website
    page = notice if notice.startswith(("https://", "http://")) else f"https://{public_host}/"
    urls = {"websiteUrl": f"https://{public_host}/", "privacyUrl": page, "termsOfUseUrl": page}
    return {"name": cut(policy.company.name, 32), **urls}


def _description(policy: Policy) -> dict[str, str]:
    full = (
        f"{_NAME} keeps the call recording policy of {cut(policy.company.name, 200)}. Staff ask to hear a call and say why. "
        "The request goes to whoever may decide it under the policy, never to the requester or to the operator on "
        "the call. Approved access is for the named person and the named calls only, and it ends by itself. Every "
        "request, decision and listening is recorded in an audit log. Answers that are private come in the personal "
        "chat with the app, never in a channel or a group. The app reads no messages but those addressed to it."
    )
    return {"short": "Ask to hear a call, decide, and listen, as the recording policy says.", "full": full}


def _bot(app_id: str, commands: Mapping[str, str]) -> dict[str, object]:
    lists = [(["personal"], commands), (["team", "groupChat"], _shared(commands))]
    return {
        "botId": app_id,
        "scopes": ["personal", "team", "groupChat"],
        "isNotificationOnly": False,
        "supportsFiles": False,
        "commandLists": [{"scopes": scopes, "commands": _listed(some)} for scopes, some in lists],
    }


def _listed(commands: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"title": word, "description": says} for word, says in commands.items()]


def _shared(commands: Mapping[str, str]) -> dict[str, str]:
    return {word: says for word, says in commands.items() if word != HOME}


def _action(word: str, says: str) -> dict[str, object]:
    """A message extension's action: the form in a dialog, from wherever somebody writes."""
    where = ["compose", "commandBox"]
    return {
        "id": word,
        "type": "action",
        "title": cut(says, 32),
        "description": says,
        "context": where,
        "fetchTask": True,
    }

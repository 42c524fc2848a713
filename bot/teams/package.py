"""Builds the Teams app package, the zip that an administrator uploads: manifest and icons (`recording-steward teams-package`)."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.chats.wording import cut_text
from bot.settings.config import Misconfigured, read_each_setting, read_policy
from handlers import COMMANDS
from handlers.policy import Policy

SCHEMA = "1.29"  # the lowest that knows `triggers`: an older admin center takes no newer one
HOME = "home"
POLICY = "/policy"  # the bot's own page for everyone
_NAME = "Recording Steward"
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
# A name with a dot whose last part begins with a letter, so no address; names of private networks are excluded below.
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PRIVATE = re.compile(r".*\.(?:local|localhost|internal|intranet|lan|home\.arpa)")
ICONS, GROUND = Path(__file__).parent / "icons", "#1f3a4d"
# The zip is the same for the same settings, whenever it is built.
_EPOCH = (2026, 1, 1, 0, 0, 0)
_BEGAN = datetime(*_EPOCH, tzinfo=UTC)


class Listed(NamedTuple):
    """A command in Teams' menus: what it does, and the same in 32 characters as an action's title."""

    says: str
    short: str


def package_version(now: datetime) -> str:
    """Return the version of a package made now (aware): higher than that of any package made a minute earlier.

    Teams takes an update only with a higher version, and policy, pages or address may change without the program.
    """
    program = version("recording-steward").split(".")
    return f"{program[0]}.{program[1]}.{(now - _BEGAN) // timedelta(minutes=1)}"


def build_package(
    policy: Policy, app_id: str, public_url: str, out: Path, commands: Mapping[str, Listed], number: str = ""
) -> Path:
    """Write the package to `out` and return that; raises ValueError with what `settings_faults` says.

    `app_id` is MICROSOFT_APP_ID, `public_url` PUBLIC_URL. `commands` are the words that people type, without slash, with
    what the menus say. `number` is the package's version, by default the program's.
    """
    if faults := list(settings_faults(app_id, public_url)):
        raise ValueError("\n".join(faults))
    described = app_manifest(policy, app_id, public_url, commands, number)
    files = {
        "manifest.json": json.dumps(described, indent=2, ensure_ascii=False).encode(),
        **{one.name: one.read_bytes() for one in sorted(ICONS.iterdir())},
    }
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(ZipInfo(name, _EPOCH), content, ZIP_DEFLATED)
    return out


def settings_faults(app_id: str, public_url: str) -> Iterator[str]:
    """Yield a line for each setting that Teams wouldn't take: its name, what is wrong, how to fix it."""
    if not app_id:
        yield "MICROSOFT_APP_ID: this is missing. Use the application (client) ID of your Azure Bot."
    elif not _GUID.fullmatch(app_id):
        yield "MICROSOFT_APP_ID: this isn't an app ID. Copy your Azure Bot's, which has 36 characters."
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "@" in parts.netloc or not _HOST.fullmatch(host) or _PRIVATE.fullmatch(host):
        yield (
            f"PUBLIC_URL: {public_url} isn't a public address. Teams opens only https pages on a named host, such as https://steward.example.com."
        )


def app_manifest(
    policy: Policy, app_id: str, public_url: str, commands: Mapping[str, Listed], number: str = ""
) -> dict[str, object]:
    """Return the app manifest (learn.microsoft.com, "App manifest schema"); parameters as for `build_package`."""
    parts = urlsplit(public_url)
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": number or version("recording-steward"),
        "id": app_id,
        "developer": _developer_pages(policy, f"https://{parts.netloc}{POLICY}"),
        "name": {"short": _NAME, "full": f"{_NAME} of {cut_text(policy.company.name, 75)}"},
        "description": _app_description(policy),
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": GROUND,
        "bots": [_bot_entry(app_id, commands)],
        "composeExtensions": [{"botId": app_id, "commands": [_extension_action(*one) for one in commands.items()]}],
        "defaultInstallScope": "personal",
        "validDomains": [parts.hostname],
    }


def command_id(word: str) -> str:
    """Return a command's id in the message extension: recordingRequest for the word recording-request."""
    first, *others = word.split("-")
    return "".join([first, *(one.capitalize() for one in others)])


def _developer_pages(policy: Policy, own_page: str) -> dict[str, str]:
    """Return the pages that Teams links to: the policy's, or else the bot's `own_page` page about the policy (P3)."""
    company, notice = policy.company, policy.notices.website
    notice = notice if notice.startswith("https://") else ""
    urls = {
        "websiteUrl": company.website or own_page,
        "privacyUrl": company.privacy or notice or own_page,
        "termsOfUseUrl": company.terms or own_page,
    }
    return {"name": cut_text(policy.company.name, 32), **urls}


def _app_description(policy: Policy) -> dict[str, str]:
    full = (
        f"{_NAME} keeps the call recording policy of {cut_text(policy.company.name, 200)}. Staff ask to hear a call and say why. "
        "The request goes to the approver named in the policy, never to the requester or the operator on the call. Access is only for the person who asked and the calls they asked for, and it ends on its own. An audit log records every request, decision and listen. Private answers come in the personal chat with the app, never in a channel or group. The app reads only messages addressed to it."
    )
    return {"short": "Ask to hear a call, decide, and listen, as the recording policy says.", "full": full}


def _bot_entry(app_id: str, commands: Mapping[str, Listed]) -> dict[str, object]:
    """Return the bot's entry: only in people's own chats, since it doesn't work elsewhere."""
    return {
        "botId": app_id,
        "scopes": ["personal"],
        "isNotificationOnly": False,
        "supportsFiles": False,
        "commandLists": [{"scopes": ["personal"], "commands": _command_list(commands)}],
    }


def _command_list(commands: Mapping[str, Listed]) -> list[dict[str, str]]:
    return [{"title": word, "description": one.says} for word, one in commands.items()]


def _extension_action(word: str, listed: Listed) -> dict[str, object]:
    """Return a message extension's action: a form or the home in a dialog, wherever the person writes.

    `triggers` offers it after a slash, too. The bot's own commands have none: a slash would send the text as a message
    from a channel, where the bot doesn't answer.
    """
    return {
        "id": command_id(word),
        "type": "action",
        "title": cut_text(listed.short, 32),
        "description": listed.says,
        "context": ["compose", "commandBox"],
        "fetchTask": True,
        "triggers": ["slash"],
    }


HOME_SAYS = "What you need to do, and what you can hear"


def write_package(out: Path) -> int:
    """Write the package from the policy and the settings; raises `Misconfigured` that names all that is missing."""
    settings = read_each_setting()
    app_id = settings.microsoft_app_id or ""
    faults = list(settings_faults(app_id, settings.public_url))
    try:
        rules = read_policy(settings.policy_file)
    except Misconfigured as error:
        raise Misconfigured("\n".join([*faults, str(error)])) from error
    if faults:
        raise Misconfigured("\n".join(faults))
    try:
        number = package_version(datetime.now(UTC))
        build_package(rules, app_id, settings.public_url, out, listed_commands(), number)
    except OSError as error:
        raise Misconfigured(f"--out: {out} can't be written ({error.strerror}).") from error
    print(f"{out} is ready, with version {number}. Upload it in the Teams admin center, under Teams apps, Manage apps.")
    return 0


def listed_commands() -> Mapping[str, Listed]:
    """Return what people type in Teams, and what it says in the menus."""
    commands = {word: Listed(command.says, command.short or command.says) for word, command in COMMANDS.items()}
    return commands | {HOME: Listed(HOME_SAYS, HOME_SAYS)}

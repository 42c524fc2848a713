"""What `recording-steward check` finds of the settings and keys: every wrong one in one run, and what can be tried all the same."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource

from bot.commands.looking import missing
from bot.ports import Unavailable, Unreachable
from bot.serving import not_this_machine
from bot.settings.config import Misconfigured, Settings, flaws
from bot.settings.setting_values import FORM_BY, LOOPBACK, NO_USE
from bot.trouble import keys_for, stands_to
from bot.web.limits import is_trusted
from handlers.sealing import id_of
from storage.database.private import open_to_others
from storage.database.store import Database, DatabaseDown, SQLAlchemyError

MOST_NOTES = 20
PROXY = (
    "a proxy that it doesn't name is in front of me: limits by address count for everyone behind it together, "
    "and ten reports an hour close /report for all. Set it to the proxy's address, such as TRUSTED_PROXIES=127.0.0.1."
)
HERE = (ip_address("127.0.0.1"), ip_address("::1"))
DOTENV = Path(".env")
KEYS = {"secret_key", "secret_key_previous"}
WHAT = "SECRET_KEY_PREVIOUS"
UNFINISHED = (
    "the master key is being replaced, and both keys are needed. Call recording-steward rotate-key to finish that."
)
NEEDLESS = "nothing in the database needs it any more. Leave it out."


class Finding(NamedTuple):
    """One line: what was tried, whether it works, and a sentence. A note is nothing that stops the program."""

    what: str
    works: bool
    sentence: str
    note: bool = False


async def tried(what: str, attempt: Awaitable[str]) -> Finding:
    """The sentence that an attempt returns, or the one that it raises."""
    try:
        return Finding(what, True, await attempt)
    except (Misconfigured, Unavailable, Unreachable, DatabaseDown, ValueError, OSError) as error:
        return Finding(what, False, str(error) or type(error).__name__)


class Read(NamedTuple):
    """The settings, with each wrong one as if it were not set; and what is wrong, as the setting and a sentence."""

    found: Settings
    wrong: tuple[tuple[str, str], ...]

    def right(self, *names: str) -> bool:
        """Whether nothing is wrong with these settings, and what rests on them can be tried."""
        return not {name for name, _ in self.wrong} & set(names)


def as_far_as_right() -> Read:
    """Read the settings; nothing is raised, so that one wrong setting hides no other."""
    try:
        found, wrong = Settings(), {}
    except ValidationError as error:
        wrong = dict(flaws(error))
        defaults: dict[str, Any] = {name.lower(): Settings.model_fields[name.lower()].get_default() for name in wrong}
        found = Settings(**defaults)
    # What is written wrongly is written: it is not also missing.
    given = {name.lower(): "?" for name in wrong if getattr(found, name.lower()) is None}
    gaps = [one for one in map(_named, found.model_copy(update=given).gaps()) if one[0] not in wrong]
    gaps = [one for one in gaps if FORM_BY.get(one[0]) not in wrong]
    useless = [name.lower() for name, _ in gaps if name in NO_USE]
    return Read(found.model_copy(update=dict.fromkeys(useless)), (*wrong.items(), *gaps))


def _named(sentence: str) -> tuple[str, str]:
    """The setting that a sentence begins with, and what it says of it."""
    found = re.match("[A-Z_]+", sentence)
    name = found.group() if found else "settings"
    return name, sentence.removeprefix(f"{name}: ")


async def of_settings(read: Read) -> AsyncIterator[Finding]:
    """Each that is wrong; else that they were read. Then the key and the host."""
    found = read.found
    for name, sentence in read.wrong:
        yield Finding(name, False, sentence)
    if not read.wrong:
        yield Finding("settings", True, f"read; people reach the pages at {found.public_url}")
    if open_to_others(DOTENV):
        yield _exposed()
    if read.right("SECRET_KEY"):
        yield await tried("SECRET_KEY", _key(found))
    yield await tried("HOST", _host(found))
    if read.right("PUBLIC_URL", "TRUSTED_PROXIES", "HOST") and found.public_url.startswith("https://"):
        if not found.trusted_proxies:
            yield Finding("TRUSTED_PROXIES", True, f"is not set, and PUBLIC_URL is https, so {PROXY}", note=True)
        elif found.host in LOOPBACK and not any(is_trusted(one, found.trusted_proxies) for one in HERE):
            where = f"doesn't name this machine, and HOST is {found.host}, so"
            yield Finding("TRUSTED_PROXIES", True, f"{where} {PROXY}", note=True)


def _exposed() -> Finding:
    """A key that others can read is refused wherever it stands; of any other secret it is said."""
    keys = not KEYS.isdisjoint(DotEnvSettingsSource(Settings).env_vars)
    words = f"others on this machine can read the secrets in {DOTENV}. Mend that with: chmod 600 {DOTENV}"
    return Finding("SECRET_KEY" if keys else "settings", not keys, words, note=not keys)


async def _key(found: Settings) -> str:
    return f"32 bytes; it has id {id_of(found.master_key())}"


async def _host(found: Settings) -> str:
    """On any free port, since the bot may be running at its own."""
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, found.host, 0)
    except (OSError, UnicodeError) as error:
        raise Misconfigured(not_this_machine(found.host, error) or str(error)) from error
    server.close()
    return f"{found.host} is this machine's"


async def of_keys(found: Settings) -> AsyncIterator[Finding]:
    """A key that is missing or wrong, and one that is needed no more; nothing where none is set, which has its own line."""
    with suppress(Misconfigured):
        found.master_key()
        async for finding in _told(found):
            yield finding


async def _told(found: Settings) -> AsyncIterator[Finding]:
    database = Database(found.database_url)
    try:
        found.master_keys()
        if missing(found.database_url):
            return
        with suppress(DatabaseDown, SQLAlchemyError, OSError):  # which is told on the line of the database
            keys, both = await keys_for(found, database)
            if both:
                yield Finding(WHAT, True, UNFINISHED, note=True)
            elif len(keys.ids) > 1:
                strange = (await stands_to(database, keys)).stranger.removeprefix(f"{WHAT}: ")
                yield Finding(WHAT, not strange, strange or NEEDLESS, note=not strange)
    except Misconfigured as error:
        what = WHAT if str(error).startswith(WHAT) else "SECRET_KEY"
        yield Finding(what, False, str(error).removeprefix(f"{what}: "))
    finally:
        await database.close()

"""The single values that settings are made of: each checks itself and says how to mend it, and repeats no secret."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from bot.journal import folder_of
from bot.settings.mail_server import sender_of, server_of
from storage.database.addresses import NotTaken, lacks
from storage.database.private import open_to_others
from storage.database.store import SQLAlchemyError, async_url, is_in_memory

KEY_HINT = 'Make one with: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"'
BEFORE_HINT = (
    "Look for the one by which the database was used until now, or leave it out where no key is being replaced."
)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LAST_PORT = 65535
SHORTEST_TICK, LONGEST_TICK = (
    1,
    60,
)  # seconds: an erasure is an hour late at most (P12), and an alarm says after 120 that the clock stands
KEY_BYTES, LEAST_DIFFERENT = 32, 18  # fewer different ones come by chance once in a million million times
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NEAR = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")  # endings that no public host has
EVERYBODYS = ("common", "organizations", "consumers")  # what Entra calls all tenants at once
WIDEST = {4: 8, 6: 7}  # bits at the beginning of the widest private networks, 10.0.0.0/8 and fc00::/7
TENANT = "It is the directory (tenant) ID of the bot's app registration."

FORM_BY = {"SLACK_SIGNING_SECRET": "SLACK_API_URL"}
"""Settings whose right form goes by another one."""
NO_USE = ("SLACK_APP_TOKEN",)
"""Settings with which nothing can be tried while their form is wrong."""


def _tidy(value: str) -> str:
    """Without blanks around it, and the scheme in small letters: people copy addresses from everywhere."""
    scheme, colon, rest = value.strip().partition(":")
    return f"{scheme.lower()}{colon}{rest}"


def _parts(value: str) -> SplitResult:
    """The parts of a web address in its usual form; the error repeats it only where no password can be in it."""
    shown = "this" if "@" in value else repr(value)
    wrong = ValueError(f"{shown} isn't a web address. Write it like https://steward.example.com.")
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise wrong from None
    if not usable or re.search(r"[\s\\\x00-\x1f]", value):
        raise wrong
    if "@" in parts.netloc:
        raise ValueError("it contains a name or password, before the @. Write it without, like https://example.com.")
    return parts._replace(netloc=parts.netloc.lower())


def _web_address(value: str) -> str:
    parts = _parts(value)
    if parts.fragment:
        raise ValueError(f"{value!r} has a # in it. Leave that out, with all behind it.")
    return parts.geturl()


def _guarded(value: str) -> str:
    """Keys and tokens come from there or go there, so nobody on the way may read or write them."""
    parts = _parts(_web_address(value))
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError(f"{value!r} must begin with https://. Plain http is for an address on this machine.")
    return parts.geturl()


def _public(value: str) -> str:
    """Where people open pages: a host, and a port perhaps. What they hear would cross a public network in the clear."""
    parts = _parts(value)
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.path.strip("/") or parts.query or parts.fragment or value.endswith(("?", "#")):
        raise ValueError(f"{value!r} has more in it than a host. Write {bare}, and let a proxy bring that to the bot.")
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        raise ValueError(f"{value!r} must begin with https://. Plain http is for this machine and a private network.")
    return bare


def _is_near(host: str) -> bool:
    """Whether a host is this machine or on a private network, as far as its name tells."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(NEAR)
    return not (getattr(address, "ipv4_mapped", None) or address).is_global


def _tenant(value: str) -> str:
    if "." in value or value.lower() in EVERYBODYS:
        raise ValueError(f"{value!r} is not one directory's ID. {TENANT}")
    return value


def _switch(value: object) -> object:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise ValueError("it is 1 for on, or 0 for off.")
    return words[str(value).lower()]


def _port(value: object) -> object:
    if not re.fullmatch("[0-9]{1,5}", str(value).strip()) or int(str(value)) > LAST_PORT:
        raise ValueError(f"{value!r} is no port. Write a whole number up to {LAST_PORT}, such as 3000.")
    return int(str(value))


def _seconds(value: object) -> object:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0.0
    if not SHORTEST_TICK <= seconds <= LONGEST_TICK:
        raise ValueError(
            f"{value!r} is no such time. Write seconds from {SHORTEST_TICK} to {LONGEST_TICK}, such as 20."
        )
    return seconds


def _networks(value: object) -> object:
    """As people write them: separated by commas, each `10.0.0.0/8` or one address."""
    said = [one.strip() for one in str(value).split(",")] if isinstance(value, str) else value
    if not isinstance(said, list):
        return value
    try:
        found = tuple(ipaddress.ip_network(one) for one in said if one)
    except ValueError as error:
        raise ValueError(f"{error}. Write networks with commas between them, like 10.0.0.0/8, 192.0.2.7.") from None
    wide = [one for one in found if one.prefixlen < WIDEST[one.version]]
    if wide:
        raise ValueError(f"{wide[0]} is so wide that strangers would be believed. Name the proxies that you have.")
    return found


def _database(value: str) -> str:
    try:
        address = async_url(value)
    except SQLAlchemyError:
        raise ValueError(
            "it can't be read. Write it like sqlite:///steward.db or postgresql://name@host:5432/db."
        ) from None
    except NotTaken as error:
        raise ValueError(str(error)) from None
    except ValueError:
        scheme = value.partition("://")[0]
        raise ValueError(
            f"it begins with {scheme!r}. Write it like sqlite:///steward.db or postgresql://name@host:5432/db."
        ) from None
    if is_in_memory(address):
        raise ValueError("it names no file, so all would be lost with each stop. Write it like sqlite:///steward.db.")
    if told := lacks(address):
        raise ValueError(told)
    return value


def _journal(value: str) -> str:
    folder_of(value)
    return value


def _mail_server(value: SecretStr) -> SecretStr:
    server_of(value.get_secret_value())
    return value


def _mail_sender(value: str) -> str:
    sender_of(value)
    return value.strip()


def _addresses(value: object) -> object:
    """As people write them: separated by commas."""
    if not isinstance(value, str):
        return value
    found = tuple(_guarded(_tidy(one)) for one in value.split(",") if one.strip())
    if not found:
        raise ValueError(
            "no address is written here. Leave it out for drand's own, or write one like https://api.drand.sh."
        )
    return found


def key_bytes(text: str, hint: str = KEY_HINT) -> bytes:
    """A master key from its base64; ValueError, with what to do, where it is none, or none that came by chance."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"it must be {KEY_BYTES} bytes in base64. {hint}")
    if len(set(key)) < LEAST_DIFFERENT or all(32 <= one < 127 for one in key):
        raise ValueError(f"it follows a pattern, so it can be guessed. {hint}")
    return key


def _key(value: SecretStr, hint: str = KEY_HINT) -> SecretStr:
    key_bytes(value.get_secret_value(), hint)
    return value


def signing_secret_flaw(secret: str, api_url: str) -> str:
    """Why this can't be the signing secret of a Slack app whose API stands at `api_url`, or nothing.

    Slack's own are 32 hexadecimal digits; of a stand-in's only what is plainly something else is told.
    """
    host = urlsplit(api_url).hostname or ""
    if host in LOOPBACK:
        right = len(secret) >= 6 and len(set(secret)) >= 4 and not re.search(r"\s|^xox|^xapp", secret)
    else:
        right = re.fullmatch("[0-9a-f]{32}", secret) is not None and len(set(secret)) >= 6
    where = "Copy it from your app's page at Slack: Basic Information, App Credentials."
    return "" if right else f"it isn't a signing secret. That is 32 characters from 0 to 9 and a to f. {where}"


def is_app_token(token: str) -> bool:
    """Whether this can be the token of an app that connects by Socket Mode."""
    return re.fullmatch(r"xapp-\S+", token) is not None


Tidy = BeforeValidator(lambda value: _tidy(value) if isinstance(value, str) else value)
Unseen = Field(repr=False)
GuardedAddress = Annotated[str, Tidy, AfterValidator(_guarded)]
PublicAddress = Annotated[str, Tidy, AfterValidator(_public)]
Tenant = Annotated[str, AfterValidator(_tenant)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
Switch = Annotated[bool, BeforeValidator(_switch)]
Port = Annotated[int, BeforeValidator(_port)]
Seconds = Annotated[float, BeforeValidator(_seconds)]
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)]
DatabaseAddress = Annotated[str, Tidy, AfterValidator(_database), Unseen]
JournalAddress = Annotated[str, Tidy, AfterValidator(_journal)]
RecordingsAddress = Annotated[str, Tidy, Unseen]
MailServer = Annotated[SecretStr, AfterValidator(_mail_server), Tidy]
MailSender = Annotated[str, AfterValidator(_mail_sender)]
Key = Annotated[SecretStr, AfterValidator(_key)]
KeyBefore = Annotated[SecretStr, AfterValidator(partial(_key, hint=BEFORE_HINT))]


def master_key(told: SecretStr | None, name: str, file: Path | None) -> bytes | None:
    """Its 32 bytes; None where neither is set. Raises ValueError with a sentence that begins with `name`, the file's setting."""
    if told is not None and file is not None:
        raise ValueError(f"{name}: {name.removesuffix('_FILE')} is set as well. Leave one of the two out.")
    if told is not None:
        return base64.b64decode(told.get_secret_value())
    return None if file is None else _read(name, file)


def _read(name: str, file: Path) -> bytes:
    try:
        exposed, text = open_to_others(file), file.read_text().strip()
    except OSError as error:
        raise ValueError(f"{name} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise ValueError(
            f"{name}: its content is not text in UTF-8. Write the key into it as base64, on one line."
        ) from None
    if exposed:
        raise ValueError(f"{name}: others on this machine can read or change it. Mend that with: chmod 600 {file}")
    try:
        return key_bytes(text, BEFORE_HINT if "PREVIOUS" in name else KEY_HINT)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error

"""The single values that settings are made of: each checks itself, says how to write it, and repeats no secret."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, unquote, urlsplit

import idna
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from storage.database.servers import NotTaken, missing_tls_file
from storage.database.store import SQLAlchemyError, async_url, is_in_memory

PLAIN, SUBMISSION, TLS_ALONE = 25, 587, 465  # ports
WRONG = (
    "it isn't the address of a mail server. Write it like smtp://name:password@mail.example.com:587, or smtps:// for a port "
    "that speaks TLS from the first byte."
)
MORE = (
    "there is more in it than a server and a port, or a character that has to be escaped. In a name or a password write "
    "/ as %2F, ? as %3F, # as %23, @ as %40, : as %3A and % as %25."
)


@dataclass(frozen=True, slots=True)
class Server:
    """A server.

    `tls_alone`: TLS from the first byte; otherwise STARTTLS, which is required unless the server is `near`. `near` says
    that it is on this machine, with no one in between: TLS is used if offered, with any certificate.
    """

    host: str
    port: int
    tls_alone: bool = False
    near: bool = False
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """Host and port, as people write them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def server_of(url: str) -> Server:
    """Return the server of an address; raises ValueError with a sentence that repeats nothing of it, since a password
    may be in it.
    """
    parts = _split_url(url)
    host, tls_alone = parts.hostname or "", parts.scheme == "smtps"
    near = _is_loopback(host)
    usual = TLS_ALONE if tls_alone else PLAIN if near else SUBMISSION
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("a name and a password go together. Write both, like name:password@, or neither.")
    if re.search(r"[\x00-\x1f\x7f]", user + password):
        raise ValueError("there is a character in the name or the password that can't be typed.")
    return Server(host, parts.port or usual, tls_alone, near, user, password)


def _split_url(url: str) -> SplitResult:
    if re.search(r"[\s\x00-\x1f\x7f\\]", url):
        raise ValueError(WRONG)
    try:
        parts = urlsplit(url)
        right = parts.port != 0 and re.fullmatch(r"[\w.:-]+", parts.hostname or "", re.ASCII)
    except ValueError:  # which may repeat what is there
        raise ValueError(MORE if "@" in url else WRONG) from None
    if parts.scheme not in ("smtp", "smtps") or not parts.netloc or not right:
        raise ValueError(WRONG)
    if parts.path.strip("/") or "?" in url or "#" in url:
        raise ValueError(MORE)
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


LONGEST_LOCAL, LONGEST = 64, 254  # RFC 5321, 4.5.3.1, and RFC 3696, erratum 1690
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_NAMED = re.compile(r'"?(?P<name>[^"<>@\x00-\x1f\x7f-\x9f\u2028\u2029]*?)"?\s*<(?P<address>[^<>]*)>')


@dataclass(frozen=True, slots=True)
class Sender:
    """Who letters come from: `name` as people read it, empty where there is none, and the address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Behind the @."""
        return self.address.rpartition("@")[2]


def server_address(address: str) -> str:
    """Return the address as a server takes it, the domain in ASCII (IDNA); raises ValueError for what is none.

    Before the @ stand letters, digits and signs of ASCII, without quotes: other names need an extension (SMTPUTF8) of
    every server on the way, and who sends sees only the first.
    """
    local, at, domain = address.rpartition("@")
    if not at or len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise ValueError("it isn't a mail address like anna.quill@example.com.")
    whole = f"{local}@{_in_ascii(domain)}"
    if len(whole) > LONGEST:
        raise ValueError(f"a mail address has {LONGEST} characters at most.")
    return whole


def sender_of(text: str) -> Sender:
    """Return who is named, as `copies@example.com` or `Example <copies@example.com>`; raises ValueError with a
    sentence.
    """
    found = _NAMED.fullmatch(text.strip())
    name, address = (found["name"].strip(), found["address"]) if found else ("", text.strip())
    try:
        return Sender(name, server_address(address))
    except ValueError:
        raise ValueError(
            "it isn't a sender. Write an address like copies@example.com, or with a name: Example <copies@example.com>."
        ) from None


def _in_ascii(domain: str) -> str:
    try:
        ascii_only = idna.encode(domain, uts46=True, std3_rules=True).decode()
    except UnicodeError:  # which idna's own errors are
        raise ValueError("there is no such domain.") from None
    last = ascii_only.rpartition(".")[2]
    if not last or last.isdigit() or (last == ascii_only != "localhost"):
        raise ValueError("a domain is a name with a dot in it.")
    return ascii_only


def folder_at(url: str, like: str) -> Path:
    """Return the folder at `file:///mnt/journal` or, from the working directory, `file:journal`.

    Raises ValueError with a sentence that says how to write it: as in `like`, an address of three slashes.
    """
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise ValueError(f"{url!r} isn't a folder's address. Write it like {like}.")
    if parts.netloc not in ("", "localhost"):
        raise ValueError(f"{url} names another machine. Write three slashes, as in {like}.")
    if parts.query or parts.fragment:
        raise ValueError(f"{url} has a ? or # in it. Write %3F for ? and %23 for #.")
    if not parts.path:
        raise ValueError(f"{url} names no folder. Write one, as in {like}.")
    return Path(unquote(parts.path))


def folder_of(url: str) -> Path:
    """Return the journal's folder; else ValueError with a sentence."""
    return folder_at(url, "file:///mnt/journal")


KEY_HINT = 'Make one with: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"'
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
KEY_BYTES, LEAST_DIFFERENT = 32, 18  # fewer different ones come by chance once in a million million times
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NEAR = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")  # endings that no public host has
EVERYBODYS = ("common", "organizations", "consumers")  # what Entra calls all tenants at once
WIDEST = {4: 8, 6: 7}  # bits at the beginning of the widest private networks, 10.0.0.0/8 and fc00::/7
TENANT = "It is the directory (tenant) ID of the bot's app registration."
DATABASE_HINT = "Write it like sqlite:///steward.db or postgresql://name@host:5432/db."


def _tidy_address(value: str) -> str:
    """Trim an address and lower the case of its scheme: people copy addresses from everywhere."""
    scheme, colon, rest = value.strip().partition(":")
    return f"{scheme.lower()}{colon}{rest}"


def _split_web_address(value: str) -> SplitResult:
    """Split a web address; the error repeats it only if no password can be in it."""
    shown = "this" if "@" in value else repr(value)
    wrong = ValueError(f"{shown} isn't a web address. Write it like https://steward.example.com.")
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise wrong from None
    if not usable or "@" in parts.netloc or re.search(r"[\s\\\x00-\x1f#]", value):
        raise wrong
    return parts._replace(netloc=parts.netloc.lower())


def _require_https(value: str) -> str:
    """Require https: keys and tokens travel there, and no one on the way may read or change them."""
    parts = _split_web_address(value)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError(f"{value!r} must begin with https://. Plain http is for an address on this machine.")
    return parts.geturl()


def _public_address(value: str) -> str:
    """Return where people open pages: a host, perhaps with a port. Plain http is refused on a public network."""
    parts = _split_web_address(value)
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.path.strip("/") or "?" in value:
        raise ValueError(f"{value!r} has more in it than a host. Write {bare}, and let a proxy bring that to the bot.")
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        raise ValueError(f"{value!r} must begin with https://. Plain http is for this machine and a private network.")
    return bare


def _is_near(host: str) -> bool:
    """Return True if a host is this machine or on a private network, as far as its name tells."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(NEAR)
    return not (getattr(address, "ipv4_mapped", None) or address).is_global


def _check_tenant(value: str) -> str:
    if "." in value or value.lower() in EVERYBODYS:
        raise ValueError(f"{value!r} is not one directory's ID. {TENANT}")
    return value


def _read_networks(value: object) -> object:
    """Read networks separated by commas, each `10.0.0.0/8` or one address."""
    if not isinstance(value, str):
        return value
    try:
        found = tuple(ipaddress.ip_network(one.strip()) for one in value.split(",") if one.strip())
    except ValueError as error:
        raise ValueError(f"{error}. Write networks with commas between them, like 10.0.0.0/8, 192.0.2.7.") from None
    for one in found:
        if one.prefixlen < WIDEST[one.version]:
            raise ValueError(f"{one} is so wide that strangers would be believed. Name the proxies that you have.")
    return found


def _check_database_url(value: str) -> str:
    try:
        address = async_url(value)
    except NotTaken as error:
        raise ValueError(str(error)) from None
    except (SQLAlchemyError, ValueError):  # whose words may hold a password
        raise ValueError(f"it can't be read. {DATABASE_HINT}") from None
    if is_in_memory(address):
        raise ValueError(
            "it names no file, so everything would be lost at each stop. Write it like sqlite:///steward.db."
        )
    if told := missing_tls_file(address):
        raise ValueError(told)
    return value


def _read_addresses(value: object) -> object:
    """Read addresses separated by commas."""
    if not isinstance(value, str):
        return value
    found = tuple(_require_https(_tidy_address(one)) for one in value.split(",") if one.strip())
    if not found:
        raise ValueError(
            "no address is written here. Leave it out for drand's own, or write one like https://api.drand.sh."
        )
    return found


def key_bytes(text: str) -> bytes:
    """Return a master key from its base64; ValueError with what to do if it is none, or none that came by chance."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"it must be {KEY_BYTES} bytes in base64. {KEY_HINT}")
    if len(set(key)) < LEAST_DIFFERENT or all(32 <= one < 127 for one in key):
        raise ValueError(f"it follows a pattern, so it could be guessed. {KEY_HINT}")
    return key


def _checked_by(check: Callable[[str], object]) -> AfterValidator:
    """Keep a value unchanged if `check` accepts it; its error is reported."""

    def validate(value: str | SecretStr) -> str | SecretStr:
        check(value.get_secret_value() if isinstance(value, SecretStr) else value)
        return value

    return AfterValidator(validate)


Tidy = BeforeValidator(lambda value: _tidy_address(value) if isinstance(value, str) else value)
Unseen = Field(repr=False)
GuardedAddress = Annotated[str, Tidy, AfterValidator(_require_https)]
PublicAddress = Annotated[str, Tidy, AfterValidator(_public_address)]
Tenant = Annotated[str, AfterValidator(_check_tenant)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_read_networks)]
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(ge=1, le=60)]
"""An erasure is an hour late at most (P12), and an alarm says after 120 seconds that the clock doesn't tick."""
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_read_addresses)]
DatabaseAddress = Annotated[str, Tidy, AfterValidator(_check_database_url), Unseen]
JournalAddress = Annotated[str, Tidy, _checked_by(folder_of)]
RecordingsAddress = Annotated[str, Tidy, Unseen]
MailServer = Annotated[SecretStr, _checked_by(server_of), Tidy]
MailSender = Annotated[str, _checked_by(sender_of)]
Key = Annotated[SecretStr, _checked_by(key_bytes)]

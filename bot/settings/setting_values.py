"""The types of single settings: each checks its value, says how to write it, and repeats no secret."""

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
WRONG = "this isn't a mail server's address. Write it like smtp://name:password@mail.example.com:587, or smtps:// for a port that uses TLS from the start."
MORE = (
    "this has more than a server and a port, or a character that must be escaped. In a name or password, write "
    "/ as %2F, ? as %3F, # as %23, @ as %40, : as %3A and % as %25."
)


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server.

    `tls_alone` means TLS from the first byte; otherwise STARTTLS, which is required unless the server is `near`, on this
    machine: then TLS is used if offered, with any certificate.
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
    """Return the mail server at an address; raises ValueError with a sentence that repeats no part of it, to protect a password."""
    parts = _split_url(url)
    host, tls_alone = parts.hostname or "", parts.scheme == "smtps"
    near = _is_loopback(host)
    usual = TLS_ALONE if tls_alone else PLAIN if near else SUBMISSION
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("write both a name and a password (name:password@), or neither.")
    if re.search(r"[\x00-\x1f\x7f]", user + password):
        raise ValueError("the name or password has a control character in it.")
    return Server(host, parts.port or usual, tls_alone, near, user, password)


def _split_url(url: str) -> SplitResult:
    """Return the parts of a mail server's address; raises ValueError with a sentence that repeats none of them."""
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
    """The sender of letters: `name` as people read it (may be empty), and the address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Behind the @."""
        return self.address.rpartition("@")[2]


def server_address(address: str) -> str:
    """Return the address as a server takes it, with its domain in ASCII (IDNA); raises ValueError if it isn't an address.

    The part before the @ must be plain ASCII without quotes: other names need an extension (SMTPUTF8) on every server on
    the way, and a sender sees only the first.
    """
    local, at, domain = address.rpartition("@")
    if not at or len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise ValueError("this isn't an e-mail address like anna.quill@example.com.")
    whole = f"{local}@{_in_ascii(domain)}"
    if len(whole) > LONGEST:
        raise ValueError(f"an e-mail address has at most {LONGEST} characters.")
    return whole


def sender_of(text: str) -> Sender:
    """Return the sender in `copies@example.com` or `Example <copies@example.com>`; raises ValueError with a sentence."""
    found = _NAMED.fullmatch(text.strip())
    name, address = (found["name"].strip(), found["address"]) if found else ("", text.strip())
    try:
        return Sender(name, server_address(address))
    except ValueError:
        raise ValueError(
            "this isn't a sender. Write an address like copies@example.com, or with a name: Example <copies@example.com>."
        ) from None


def _in_ascii(domain: str) -> str:
    """Return a domain in ASCII (IDNA); raises ValueError."""
    try:
        ascii_only = idna.encode(domain, uts46=True, std3_rules=True).decode()
    except UnicodeError:  # which idna's own errors are
        raise ValueError("this isn't a valid domain.") from None
    last = ascii_only.rpartition(".")[2]
    if not last or last.isdigit() or (last == ascii_only != "localhost"):
        raise ValueError("a domain has a dot in it, like example.com.")
    return ascii_only


def folder_at(url: str, like: str) -> Path:
    """Return the folder at `file:///mnt/journal` or, from the working directory, `file:journal`.

    Raises ValueError with a sentence; `like` is the example that it gives.
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
    """Return the journal's folder; raises ValueError with a sentence."""
    return folder_at(url, "file:///mnt/journal")


KEY_HINT = 'Make one with: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"'
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
KEY_BYTES, LEAST_DIFFERENT = 32, 18  # random keys have fewer different bytes once in a million million times
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NEAR = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")  # endings that no public host has
EVERYBODYS = ("common", "organizations", "consumers")  # what Entra calls all tenants at once
WIDEST = {4: 8, 6: 7}  # bits at the beginning of the widest private networks, 10.0.0.0/8 and fc00::/7
TENANT = "Use the directory (tenant) ID of the bot's app registration."
DATABASE_HINT = "Write it like sqlite:///steward.db or postgresql://name@host:5432/db."


def _tidy_address(value: str) -> str:
    """Return an address without blanks around it and with a lower-case scheme, as people copy addresses from everywhere."""
    scheme, colon, rest = value.strip().partition(":")
    return f"{scheme.lower()}{colon}{rest}"


def _split_web_address(value: str) -> SplitResult:
    """Return the parts of a web address; raises ValueError, which repeats it only if no password can be in it."""
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
    """Return the address if it's https or on this machine, since keys and tokens are sent there; raises ValueError."""
    parts = _split_web_address(value)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError(f"{value!r} must begin with https://. Plain http is only for this machine.")
    return parts.geturl()


def _public_address(value: str) -> str:
    """Return the address at which people open pages: a host, perhaps with a port. Raises ValueError, also for http in public."""
    parts = _split_web_address(value)
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.path.strip("/") or "?" in value:
        raise ValueError(
            f"{value!r} has something after the host. Write {bare}, and have a proxy pass it on to the bot."
        )
    if parts.scheme == "http" and not _is_private_host(parts.hostname or ""):
        raise ValueError(
            f"{value!r} must begin with https://. Plain http is only for this machine or a private network."
        )
    return bare


def _is_private_host(host: str) -> bool:
    """Return True if a host is this machine or in a private network, as far as its name shows."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(NEAR)
    return not (getattr(address, "ipv4_mapped", None) or address).is_global


def _check_tenant(value: str) -> str:
    """Return the ID of a single directory; raises ValueError for a domain's name or a word for all tenants."""
    if "." in value or value.lower() in EVERYBODYS:
        raise ValueError(f"{value!r} isn't the ID of a single directory. {TENANT}")
    return value


def _read_networks(value: object) -> object:
    """Return the networks in a comma-separated text, each `10.0.0.0/8` or a single address. Raises ValueError.

    A value that isn't text, such as the default, is returned as it is, for pydantic to check.
    """
    if not isinstance(value, str):
        return value
    try:
        found = tuple(ipaddress.ip_network(one.strip()) for one in value.split(",") if one.strip())
    except ValueError as error:
        raise ValueError(f"{error}. Separate networks with commas, like 10.0.0.0/8, 192.0.2.7.") from None
    for one in found:
        if one.prefixlen < WIDEST[one.version]:
            raise ValueError(f"{one} is too wide: I would trust strangers. List only your own proxies.")
    return found


def _check_database_url(value: str) -> str:
    """Return the address of a database that we can use; raises ValueError with a sentence without its password."""
    try:
        address = async_url(value)
    except NotTaken as error:
        raise ValueError(str(error)) from None
    except (SQLAlchemyError, ValueError):  # whose words may hold a password
        raise ValueError(f"I can't read this. {DATABASE_HINT}") from None
    if is_in_memory(address):
        raise ValueError(
            "this names no file, so you'd lose everything whenever the bot stops. Write it like sqlite:///steward.db."
        )
    if missing := missing_tls_file(address):
        raise ValueError(missing)
    return value


def _read_addresses(value: object) -> object:
    """Return the https addresses in a comma-separated text; other values as they are. Raises ValueError."""
    if not isinstance(value, str):
        return value
    found = tuple(_require_https(_tidy_address(one)) for one in value.split(",") if one.strip())
    if not found:
        raise ValueError(
            "this is empty. Leave it out to use drand's own addresses, or write one like https://api.drand.sh."
        )
    return found


def key_bytes(text: str) -> bytes:
    """Return a master key from its base64; raises ValueError if it isn't one, or could be guessed."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"this must be {KEY_BYTES} bytes in base64. {KEY_HINT}")
    if len(set(key)) < LEAST_DIFFERENT or all(32 <= one < 127 for one in key):
        raise ValueError(f"this follows a pattern, so someone could guess it. {KEY_HINT}")
    return key


def _checked_by(check: Callable[[str], object]) -> AfterValidator:
    """Return a validator that keeps a value if `check` accepts it, and otherwise reports its error."""

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

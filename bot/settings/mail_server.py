"""The mail server that `SMTP_URL` names: where it is, how it is protected, and how one logs in."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

import idna

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
    """`tls_alone`: TLS from the first byte; else by STARTTLS, which is required unless the server is `near`.

    `near` says that it is on this machine, where nobody stands in between: TLS is used if it is offered, whatever the certificate.
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
    """The server of an address; raises ValueError with a sentence that repeats nothing of it, since a password may be in it."""
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
    """The address as a server takes it, the domain in ASCII (IDNA); raises ValueError for what is none.

    Before the @ stand letters, digits and signs of ASCII, without quotes: other names need an extension (SMTPUTF8) of every server
    on the way, and who sends sees only the first.
    """
    local, at, domain = address.rpartition("@")
    if not at or len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise ValueError("it isn't a mail address like anna.quill@example.com.")
    whole = f"{local}@{_in_ascii(domain)}"
    if len(whole) > LONGEST:
        raise ValueError(f"a mail address has {LONGEST} characters at most.")
    return whole


def sender_of(text: str) -> Sender:
    """Who is named, as `copies@example.com` or `Example <copies@example.com>`; raises ValueError with a sentence."""
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

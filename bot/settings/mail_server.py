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
    "there is more in it than a server and a port, or a sign that has to be written otherwise. In a name or a password write "
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
    parts = _parts(url)
    host, tls_alone = _host(parts.hostname or ""), parts.scheme == "smtps"
    near = _near(host)
    usual = TLS_ALONE if tls_alone else PLAIN if near else SUBMISSION
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("a name and a password go together. Write both, like name:password@, or neither.")
    if re.search(r"[\x00-\x1f\x7f]", user + password):
        raise ValueError("there is a sign in the name or the password that nobody can type.")
    return Server(host, parts.port or usual, tls_alone, near, user, password)


def _parts(url: str) -> SplitResult:
    if re.search(r"[\s\x00-\x1f\x7f\\]", url):
        raise ValueError(WRONG)
    try:
        parts = urlsplit(url)
        right = parts.port != 0
    except ValueError:  # which may repeat what stands there
        raise ValueError(MORE if "@" in url else WRONG) from None
    if parts.scheme not in ("smtp", "smtps") or not parts.netloc or not right:
        raise ValueError(WRONG)
    if parts.path.strip("/") or "?" in url or "#" in url:
        raise ValueError(MORE)
    return parts


def _near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(name: str) -> str:
    """As it is looked up; raises ValueError where it is no name."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        ascii_only = name if name.isascii() else idna.encode(name, uts46=True).decode()
    except UnicodeError:
        raise ValueError(WRONG) from None
    if not re.fullmatch(r"\w[\w-]*(\.\w[\w-]*)*\.?", ascii_only, re.ASCII):
        raise ValueError(WRONG)
    return ascii_only.lower()

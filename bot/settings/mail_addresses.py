"""Mail addresses as they go over the wire: which ones letters can be sent to and from, and how a sender is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

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


def mailbox(address: str) -> str:
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
        return Sender(name, mailbox(address))
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

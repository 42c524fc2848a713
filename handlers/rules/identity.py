"""Who a person is: one normal form for e-mail addresses, and which accounts may act at all."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Literal

import idna
from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from handlers.rules import Refused

Standing = Literal["member", "guest", "foreign", "deactivated", "bot", "ambiguous", "absent", "set_aside", "altered"]
"""What an account is to the company: only a `member` may act."""

_LONGEST = 254  # RFC 5321, 4.5.3.1.3
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")

_REFUSALS: dict[str, str] = {
    "guest": (
        "You are a guest here, and recordings are for the company’s own staff. Please ask your host. "
        "You can still read the policy (recording-policy) and report a breach in confidence (recording-breach)."
    ),
    "foreign": "Your account belongs to another organisation. Please use your account at this company.",
    "deactivated": "Your account has been deactivated. Please ask your administrator to switch it on again.",
    "bot": "Only people can ask for recordings or decide about them. Please use your own account.",
    "absent": "I can’t recognise you here yet. Please add me to your own chats first.",
    "set_aside": "You use another account for call recordings. Please use that one.",
    "altered": "Someone changed the owner of this account in the database by hand. Please ask the bot’s administrator to run audit verify.",
    "ambiguous": "Another account has or had your e-mail address, so I can’t tell who is who. Please ask the bot’s administrator to settle it.",
}
STANDINGS = frozenset({*_REFUSALS, "nobody", "unknown"})
"""The codes of a refusal that is about the account itself; such an account is sent nothing."""
_UNKNOWN = "I can’t tell who you are. Please ask your administrator to check your profile."


@lru_cache(maxsize=1024)  # a company meets few domains, and each of them with every call and every account
def domain_key(domain: str) -> str:
    """Return a mail domain in its ASCII normal form (IDNA 2008, UTS 46); ValueError says what is wrong."""
    try:
        ascii_form = idna.encode(domain.strip(), uts46=True).decode()
    except UnicodeError:
        ascii_form = ""
    if "." not in ascii_form.strip(".") or ascii_form.endswith("."):
        raise ValueError(f"“{domain[:80]}” isn't a mail domain. Write it like example.com.")
    return ascii_form


Domain = Annotated[str, AfterValidator(domain_key)]


class Identity(BaseModel):
    """Which mail domains deliver differently written addresses to one person.

    `same_domains` maps a domain to the one it is another name of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    same_domains: dict[Domain, Domain] = {}
    ignores_dots: frozenset[Domain] = frozenset()
    ignores_plus_tags: frozenset[Domain] = frozenset()

    @model_validator(mode="after")
    def _no_chains(self) -> Identity:
        for other, domain in self.same_domains.items():
            if domain in self.same_domains:
                raise ValueError(
                    f"{other} leads to {domain}, which itself leads to another domain. Write the final one here."
                )
        return self

    def one_name(self, domain: str) -> str:
        """Return the domain of which this is another name, or the domain itself."""
        return self.same_domains.get(domain, domain)

    def drops_dots(self, domain: str) -> bool:
        """Return True if dots before the @ make no difference there."""
        return domain in {self.one_name(listed) for listed in self.ignores_dots}

    def drops_tags(self, domain: str) -> bool:
        """Return True if a “+tag” before the @ makes no difference there."""
        return domain in {self.one_name(listed) for listed in self.ignores_plus_tags}


def email_key(email: str, identity: Identity) -> str:
    """Return the one normal form of an address, so that a second spelling is no second person.

    Case and Unicode forms of one letter (NFKC) never count; dots and plus tags only where the domain minds them.
    Look-alikes of another alphabet, and ß beside ss, stay other people: their mail goes elsewhere. ValueError says in a
    sentence that it is no address.
    """
    local, domain = _split_address(email)
    domain = identity.one_name(domain)
    if identity.drops_tags(domain):
        local = local.partition("+")[0]
    if identity.drops_dots(domain):
        local = local.replace(".", "")
    if not _ATOM.fullmatch(local):
        raise _no_address(email)
    return f"{local}@{domain}"


_SEEN_AS = {"rn": "m", "vv": "w", "cl": "d", "0": "o", "1": "l", "i": "l", "5": "s"}


def looks_like(domain: str, own: str) -> bool:
    """Return True if one domain may be mistaken for the other: at most one letter differs, not counting ASCII
    characters that look alike. An operator with such an address counts as unknown.
    """
    from rapidfuzz.distance import OSA  # read with the first address elsewhere

    return OSA.distance(_as_seen(domain), _as_seen(own)) <= 1


def _as_seen(domain: str) -> str:
    """Return a domain with one sign for all those that look alike."""
    for signs, seen in _SEEN_AS.items():
        domain = domain.replace(signs, seen)
    return domain


def _split_address(email: str) -> tuple[str, str]:
    """Return an address's local part, without differences of case, and its domain in normal form.
    Raises `ValueError` with a sentence if it is no address.
    """
    text = unicodedata.normalize("NFKC", email.strip()) if len(email) <= _LONGEST else ""
    local, _, domain = text.rpartition("@")
    local = _fold_text(local)
    if not _ATOM.fullmatch(local) or len(local.encode()) > _LONGEST_LOCAL or domain != domain.strip():
        raise _no_address(email)
    try:
        return local, domain_key(domain)
    except ValueError:
        raise _no_address(email) from None


def _fold_text(text: str) -> str:
    # Letter by letter, since the small form of a sigma depends on its neighbours; and composed once more,
    # since some letters have a composed form only when small.
    return unicodedata.normalize("NFKC", "".join(map(_fold_letter, text)))


def _fold_letter(letter: str) -> str:
    """Return a letter's small form; where case-folding gives two letters (ß, ss), only the lower-case one."""
    folded = letter.casefold()
    return folded if len(folded) == 1 else letter.lower()


def _no_address(email: str) -> ValueError:
    return ValueError(f"“{email[:80]}” isn't an e-mail address. Write it like name@example.com.")


def may_act(standing: Standing | str) -> None:
    """Raise `Refused` unless the account is a member's: only members ask and decide. An unknown standing is refused
    too.
    """
    if standing != "member":
        code = standing if standing in _REFUSALS else "unknown"
        raise Refused(_REFUSALS.get(standing, _UNKNOWN), code=code)

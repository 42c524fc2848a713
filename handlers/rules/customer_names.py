"""How a customer is addressed, which e-mail address is taken, and whether two named people may be one (P8)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from handlers.policy import Policy
from handlers.rules.identity import Identity, email_key
from handlers.rules.refusal import Refused

_JOINS = "\u200c\u200d"
"""Signs that can't be seen and belong into names of some scripts."""
_NO_NAME = re.compile(r"[<>\\]")
"""Signs of programs, not of names."""
_ADDRESS = re.compile(r"[/@]|www\.|[^\s.]{2,}\.[^\W\d_]{2,}", re.IGNORECASE)
"""What mail programs make a link of."""


def addressee(typed: str) -> str:
    """The name as it is kept; raises `ValueError` with a sentence for signs that can't be seen, signs that are no part of a name, and what is an address."""
    name = typed.strip()
    if any(unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") and one not in _JOINS for one in name):
        raise ValueError("There is a line break or a sign in it that can’t be seen. Please type the name again.")
    if found := _NO_NAME.search(name):
        raise ValueError(f"There is a {found[0]} in it, which is no part of a name. Please write the name alone.")
    if _ADDRESS.search(name):
        raise ValueError(
            "This looks like a web or mail address. Please write the name alone, with a space behind each point."
        )
    return name


_LIKE = "Write it like name@customer.com."


def nominated(typed: str, again: str) -> str:
    """The address in its usual writing; empty where none was named. Raises `Refused` at the field that must be mended."""
    address, repeated = typed.strip(), again.strip()
    if not address and not repeated:
        return ""
    if not address:
        raise _at("address", "Please write the address here as well.")
    _one(address)
    if not repeated:
        raise _at("address_again", "Please write the address once more, so that no letter is wrong.")
    if _folded(address) != _folded(repeated):
        raise _at("address_again", "This is not the same as the address above. Please compare them letter by letter.")
    return _read(address)


def of_company(policy: Policy, address: str) -> bool:
    """Whether an address is in one of the company's mail domains, or beneath one."""
    domain = policy.identity.one_name(email_key(address, policy.identity).rpartition("@")[2])
    own = {policy.identity.one_name(one) for one in policy.company.mail_domains}
    return any(domain == one or domain.endswith(f".{one}") for one in own)


def may_go_to(policy: Policy, address: str, asker: str, *, staff: bool, own: bool) -> None:
    """Raises `Refused` for an address of the company, or of its staff. `own`: its owner was on all of the calls."""
    company = of_company(policy, address)
    if asker == "operator" and (own or not (staff or company)):
        return
    if asker == "operator":
        told = "This is not the address of a colleague who was on all of these calls. Please write the colleague’s own, and choose no call of others."
    elif company and not staff:
        told = "This address is in the company’s own domain. A customer’s call goes to the customer’s own address."
    elif staff:
        told = "This address belongs to someone who works or worked here. A customer’s call goes to the customer’s own address."
    else:
        return
    raise _at("address", told)


def same_mailbox(one: str, other: str, identity: Identity) -> bool:
    """Whether two addresses are one mailbox's, as far as its domain is known to mind the difference."""
    return one == other or email_key(one, identity) == email_key(other, identity)


def _one(address: str) -> None:
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in address):
        raise _at("address", "There is a line break or a sign in it that can’t be seen. Please type the address again.")
    if address.count("@") > 1 or any(letter in ",;" or letter.isspace() for letter in address):
        raise _at("address", f"Please write one address, and nothing else. {_LIKE}")


def _read(address: str) -> str:
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False, test_environment=True)
        email_key(found.normalized, Identity())
    except (EmailNotValidError, ValueError):
        raise _at("address", f"This is no e-mail address. {_LIKE}") from None
    return found.normalized


def _folded(address: str) -> str:
    return unicodedata.normalize("NFC", address).casefold()


def _at(field: str, words: str) -> Refused:
    return Refused.at({field: words}, "P8")


_TITLES = frozenset({"dr", "miss", "mr", "mrs", "ms", "mx", "prof"})
UNFOLDABLE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss"})
TELLING = 3  # letters of a name, from which on a domain that has them says something


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody as the request names them; `address` is empty where none was named yet."""

    name: str
    address: str


def same_name(one: str, other: str) -> bool:
    """In any case, order and spacing, and with or without a title; nothing else is guessed."""
    return _words(one) == _words(other)


def asks_again(one: Named, other: Named, identity: Identity, *, call: bool) -> bool:
    """Whether both may be one customer: of one name, and no address that differs. Without a `call` the address has to tell it."""
    if not same_name(one.name, other.name):
        return False
    if one.address and other.address:
        return same_mailbox(one.address, other.address, identity)
    return call


def namesake(name: str, key: str, customer: Named) -> bool:
    """Whether somebody of the staff, of this name and address, may be the customer in person: of one name, or the same before the @.

    It errs on yes: then somebody else releases it, which costs nobody anything.
    """
    mine, theirs = _before_at(key), _before_at(customer.address)
    return (bool(name) and same_name(name, customer.name)) or (theirs != "" and mine == theirs)


def looks_like_theirs(address: str, name: str, key: str) -> bool:
    """Whether an address may be a private one of somebody of the staff, of this name and address: their name stands in it.

    Before the @ initial and last name will do, also with figures behind them. It errs on yes: it is a caution, and refuses nothing.
    """
    local, own, whole = (_folded_letters(one) for one in (_before_at(address), _before_at(key), address))
    words = [_folded_letters(one) for one in _words_in_order(name)]
    if not local or len(words) < 2:
        return local != "" and local == own
    first, last = words[0], words[-1]
    where = whole if min(len(first), len(last)) >= TELLING else local
    return (first in where and last in where) or local in (own, first[:1] + last, last + first[:1])


def _folded_letters(word: str) -> str:
    """As people without the letter on their keyboard write it: `ü`, `ue` and `u` are one, and so are `ø`, `ö`, `oe` and `o`."""
    plain = _letters(word.casefold().translate(UNFOLDABLE))
    for two in ("aa", "ae", "oe", "ue"):
        plain = plain.replace(two, two[0])
    return plain


def _before_at(address: str) -> str:
    return "".join(one for one in address.partition("@")[0].partition("+")[0].casefold() if one not in "._-")


def _letters(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(one for one in plain if one.isalpha())


def _words(name: str) -> list[str]:
    """In one writing, sorted; signs that can't be seen and points count nothing."""
    return sorted(_words_in_order(name))


def _words_in_order(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(
        one if one.isalnum() or unicodedata.category(one) in ("Mn", "Mc") else _gap(one) for one in folded
    )
    words = letters.split()
    return [one for one in words if one not in _TITLES] or words


def _gap(sign: str) -> str:
    return "" if unicodedata.category(sign) == "Cf" or sign in "'’" else " "

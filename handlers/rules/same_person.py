"""Whether two people who are named to us may be taken for one: a customer who asks again, or somebody of the staff (P8)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from .identity import Identity
from .nominated import same as same_mailbox

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
    local, own, whole = (_folded(one) for one in (_before_at(address), _before_at(key), address))
    words = [_folded(one) for one in _words_in_order(name)]
    if not local or len(words) < 2:
        return local != "" and local == own
    first, last = words[0], words[-1]
    where = whole if min(len(first), len(last)) >= TELLING else local
    return (first in where and last in where) or local in (own, first[:1] + last, last + first[:1])


def _folded(word: str) -> str:
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

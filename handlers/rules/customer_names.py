"""How a customer is addressed, which e-mail address is taken, and whether two named people may be one (P8)."""

import re
import unicodedata

from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules.identity import Identity, email_key

_JOINS = "\u200c\u200d"
"""Invisible characters that names in some scripts need."""
_NO_NAME = re.compile(r"[<>\\]")
"""Characters that no name has."""
_ADDRESS = re.compile(r"[/@]|www\.|[^\s.]{2,}\.[^\W\d_]{2,}", re.IGNORECASE)
"""Text that mail programs would turn into a link."""


def read_name(typed: str) -> str:
    """Return the name that a form was given for a customer, in its stored form.

    Raises `ValueError` with a sentence for invisible characters, signs that don't belong in a name, and addresses.
    """
    name = typed.strip()
    if any(unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") and one not in _JOINS for one in name):
        raise ValueError("It contains a line break or an invisible character. Please type the name again.")
    if found := _NO_NAME.search(name):
        raise ValueError(f"A name can’t have a {found[0]} in it. Please write just the name.")
    if _ADDRESS.search(name):
        raise ValueError(
            "This looks like a web or e-mail address. Please write just the name, with a space after each full stop."
        )
    return name


_LIKE = "Write it like name@customer.com."


def read_address(typed: str) -> str:
    """Return the address in its usual writing; empty if none was named.

    Raises `Refused` at the field for what is no single address.
    """
    from email_validator import EmailNotValidError, validate_email

    address = typed.strip()
    if not address:
        return ""
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in address):
        raise _refuse_address("It contains a line break or an invisible character. Please type the address again.")
    if address.count("@") > 1 or any(letter in ",;" or letter.isspace() for letter in address):
        raise _refuse_address(f"Please write one address, and nothing else. {_LIKE}")
    try:
        parsed = validate_email(address, check_deliverability=False, globally_deliverable=False, test_environment=True)
        email_key(parsed.normalized, Identity())
    except (EmailNotValidError, ValueError):
        raise _refuse_address(f"This isn’t an e-mail address. {_LIKE}") from None
    return parsed.normalized


def is_of_company(policy: Policy, address: str) -> bool:
    """Return True if an address is in one of the company's mail domains, or beneath one."""
    domain = policy.identity.one_name(email_key(address, policy.identity).rpartition("@")[2])
    own = {policy.identity.one_name(one) for one in policy.company.mail_domains}
    return any(domain == one or domain.endswith(f".{one}") for one in own)


def may_go_to(policy: Policy, address: str, asker: str, *, staff: bool, own: bool) -> None:
    """Raise `Refused` for an address of the company or of its staff, unless a colleague asks for calls they were on.
    `staff`: it belongs to someone who works or worked here. `own`: it is that of a colleague who was on all of the
    calls.
    """
    if asker == "operator" and not own:
        raise _refuse_address(
            "This isn’t the address of a colleague who was on all of these calls. Please write the colleague’s own address, and choose only their calls."
        )
    if asker != "operator" and staff:
        raise _refuse_address(
            "This address belongs to someone who works or worked here. A customer’s call goes to the customer’s own address."
        )
    if asker != "operator" and is_of_company(policy, address):
        raise _refuse_address(
            "This address is in the company’s own domain. A customer’s call goes to the customer’s own address."
        )


def same_mailbox(one: str, other: str, identity: Identity) -> bool:
    """Return True if two addresses reach one mailbox, by what the policy says of their domain (`Identity`)."""
    return one == other or email_key(one, identity) == email_key(other, identity)


def _refuse_address(words: str) -> Refused:
    """Return, for the caller to raise, a refusal at the form's field for the address."""
    return Refused.at({"address": words}, "P8")


_TITLES = frozenset({"dr", "miss", "mr", "mrs", "ms", "mx", "prof"})


def same_name(one: str, other: str) -> bool:
    """Return True for the same name in any case, order and spacing, with or without a title."""
    return _name_words(one) == _name_words(other)


def asks_again(one: tuple[str, str], other: tuple[str, str], identity: Identity, *, call: bool) -> bool:
    """Return True if two requesters, each a name and an address, may be one customer: the same name, and no different
    addresses.
    If one has no address, it depends on whether they share a `call`.
    """
    if not same_name(one[0], other[0]):
        return False
    if one[1] and other[1]:
        return same_mailbox(one[1], other[1], identity)
    return call


def looks_like_theirs(address: str, name: str, key: str) -> bool:
    """Return True if an address may be a private one of a colleague, by their name and their address at work.

    It errs on yes: it is a caution, and refuses nothing.
    """
    local, own = (_plain_letters(one.partition("@")[0]) for one in (address, key))
    words = name.split()
    if len(words) < 2:
        return local == own != ""
    first, last = (_plain_letters(words[place]) for place in (0, -1))
    return (first in local and last in local) or local in (own, first[:1] + last, last + first[:1])


def _plain_letters(word: str) -> str:
    """Return the letters of a word in lower case, without accents, digits and signs."""
    return "".join(one for one in unicodedata.normalize("NFKD", word.casefold()) if one.isalpha())


def _name_words(name: str) -> list[str]:
    """Return the words of a name in one spelling, sorted, without titles, invisible characters and points."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(
        one if one.isalnum() or unicodedata.category(one) in ("Mn", "Mc") else _blank_or_nothing(one) for one in folded
    )
    words = letters.split()
    return sorted([one for one in words if one not in _TITLES] or words)


def _blank_or_nothing(sign: str) -> str:
    """Return what a sign in a name counts as: nothing within a word (invisible, or an apostrophe), else a space."""
    return "" if unicodedata.category(sign) == "Cf" or sign in "'’" else " "

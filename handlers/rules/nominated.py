"""The e-mail address that a customer names: what is taken and what is refused (P8).

| typed                                                                | then                                      |
|----------------------------------------------------------------------|-------------------------------------------|
| nothing, twice                                                       | none yet                                  |
| not the same twice, several, no address, a sign that can’t be seen   | refused                                   |
| of the company, or of somebody who works or worked here              | refused, save an operator’s own           |
"""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

from handlers.policy import Policy

from .identity import Identity, email_key
from .refusal import Refused

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
        told = "This is not the address of whoever was on all of these calls. Please write the colleague’s own, and choose no call of others."
    elif company and not staff:
        told = "This address is in the company’s own domain. A customer’s call goes to the customer’s own address."
    elif staff:
        told = "This address belongs to somebody who works or worked here. A customer’s call goes to the customer’s own address."
    else:
        return
    raise _at("address", told)


def same(one: str, other: str, identity: Identity) -> bool:
    """Whether two addresses are one mailbox's, as far as its domain is known to mind the difference."""
    return one == other or email_key(one, identity) == email_key(other, identity)


def _one(address: str) -> None:
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in address):
        raise _at("address", "There is a line break or a sign in it that can’t be seen. Please type the address anew.")
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

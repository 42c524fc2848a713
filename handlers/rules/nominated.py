"""The e-mail address that a customer names: what is taken, what is questioned, and what is refused (P8).

| typed                                                                | then                                      |
|----------------------------------------------------------------------|-------------------------------------------|
| nothing, twice                                                       | none yet                                  |
| not the same twice, several, no address, a sign that can’t be seen   | refused                                   |
| a letter that looks like another one                                 | refused, and named                        |
| a domain in which no mail arrives                                    | refused, unless the company’s is such one |
| nearly a common domain                                               | questioned; `keep` behind it keeps it     |
| of the company, or of somebody who works or worked here              | refused, save an operator’s own           |
"""

from __future__ import annotations

import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email

from handlers.policy import Policy

from .identity import Identity, email_key
from .refusal import Refused

KEEP = "keep"
_LIKE = "Write it like name@customer.com."
_COMMON = (
    *("gmail.com", "googlemail.com", "outlook.com", "outlook.com.au", "hotmail.com", "hotmail.co.uk", "live.com", "msn.com"),
    *("live.com.au", "live.co.uk", "yahoo.com", "yahoo.com.au", "yahoo.co.uk", "yahoo.co.nz", "ymail.com", "rocketmail.com"),
    *("icloud.com", "me.com", "mac.com", "aol.com", "mail.com", "email.com", "gmx.com", "gmx.net", "gmx.de", "proton.me"),
    *("protonmail.com", "zoho.com", "fastmail.com", "bigpond.com", "bigpond.net.au", "optusnet.com.au", "iinet.net.au"),
    *("tpg.com.au", "westnet.com.au", "internode.on.net", "xtra.co.nz", "btinternet.com", "sky.com", "talktalk.net"),
    *("virginmedia.com", "ntlworld.com", "blueyonder.co.uk", "comcast.net", "verizon.net", "att.net", "web.de", "orange.fr"),
)  # fmt: skip
_ONE_DOMAIN = {"gmail": "gmail.com", "googlemail": "googlemail.com", "icloud": "icloud.com"}
"""Those that have no other domain of this name."""
_NOWHERE = (
    "test",
    "example",
    "invalid",
    "localhost",
    "local",
    "onion",
    "arpa",
    "internal",
    "example.com",
    "example.net",
    "example.org",
)
"""RFC 2606, RFC 6761, RFC 6762, RFC 7686, and what is kept for private use."""
_LOOK_ALIKE = frozenset(
    "аеорсухіјѕһԁԛԝѵӏьүғѡꞓοανρτυχικγωϲϳօսոհցքզıɩɪɡɑʋᴏꜱɴʀʏᴄᴜᴠᴡᴢƅɵʟɢʜᴋᴍᴘᴛᴅᴇᴊᴀʙⲟⲣⲥᎪᎬᎢ"
)  # fmt: skip
"""Letters that are read as one of a to z: Cyrillic, Greek, Armenian, small Latin ones, Coptic, Cherokee."""
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK"}
"""Scripts that are written with one another."""


def nominated(policy: Policy, typed: str, again: str) -> str:
    """The address in its usual writing; empty where none was named. Raises `Refused` at the field that must be mended."""
    address, repeated, kept = typed.strip(), *_kept(again.strip())
    if not address and not repeated:
        return ""
    if not address:
        raise _at("address", "Please write the address here as well.")
    _one(address)
    if not repeated:
        raise _at("address_again", "Please write the address once more, so that no letter is wrong.")
    if _folded(address) != _folded(repeated):
        raise _at("address_again", "This is not the same as the address above. Please compare them letter by letter.")
    found = _read(address)
    _looks_like_itself(address, found)
    local, _, domain = found.rpartition("@")
    _arrives(policy, domain)
    if not kept and (meant := near(domain)):
        told = f"Did you mean {local}@{meant}? If {domain} is right, write “{KEEP}” behind it: {found} {KEEP}"
        raise _at("address_again", told)
    return found


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


def near(domain: str) -> str:
    """The common domain that was probably meant; empty for one that is common itself, or like none."""
    if domain in _COMMON:
        return ""
    if (one := _ONE_DOMAIN.get(domain.partition(".")[0])) is not None:
        return one
    return next((one for one in _COMMON if _is_near(domain, one)), "")


def same(one: str, other: str, identity: Identity) -> bool:
    """Whether two addresses are one mailbox's, as far as its domain is known to mind the difference."""
    return one == other or email_key(one, identity) == email_key(other, identity)


def _kept(again: str) -> tuple[str, bool]:
    words = again.split()
    return (words[0], True) if len(words) == 2 and words[1].casefold() == KEEP else (again, False)


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


def _looks_like_itself(typed: str, found: str) -> None:
    """What was typed, and each part of what was read of it, a domain in its letters."""
    if odd := _unusual(typed) or odd_letter(found):
        told = f"The letter {letter_and_script(odd)} looks like another one. Please type the address anew, and ask if it is meant so."
        raise _at("address", told)


def odd_letter(address: str) -> str:
    """The first letter of an address that is not what it looks like; empty where all are. A domain may be in its ASCII form."""
    if address.isascii() and "xn--" not in address:
        return ""
    local, _, domain = address.rpartition("@")
    return next(filter(None, map(_odd, (local, *map(_spelt, domain.split("."))))), "")


def letter_and_script(letter: str) -> str:
    """A letter with its script, for whoever can't see the difference."""
    return f"“{letter}” ({unicodedata.name(letter, 'another').partition(' ')[0].capitalize()})"


def _spelt(label: str) -> str:
    try:
        return idna.decode(label) if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _odd(part: str) -> str:
    """The first letter that is not what it looks like; empty where all are."""
    letters = [one for one in part if one.isalpha()]
    if small := next((one for one in letters if one in _LOOK_ALIKE and _script(one) == "LATIN"), ""):
        return small
    if len({_script(one) for one in letters}) > 1:
        latin = any(_script(one) == "LATIN" for one in letters)
        usual = "LATIN" if latin else _script(letters[0])
        return next(one for one in letters if _script(one) != usual)
    return letters[0] if letters and all(one.lower() in _LOOK_ALIKE for one in letters) else ""


def _unusual(typed: str) -> str:
    """The first letter that is only another form of a usual one, such as a wide one; empty where there is none."""
    letters = unicodedata.normalize("NFC", typed)
    return next((one for one in letters if unicodedata.normalize("NFKC", one) != one), "")


def _script(letter: str) -> str:
    first = unicodedata.name(letter, "OTHER").partition(" ")[0]
    return _TOGETHER.get(first, first)


def _arrives(policy: Policy, domain: str) -> None:
    reserved = _reserved(domain)
    if reserved and reserved not in {_reserved(one) for one in policy.company.mail_domains}:
        raise _at("address", f"No mail arrives at {domain}. Please ask for another address.")


def _reserved(domain: str) -> str:
    return next((one for one in _NOWHERE if domain == one or domain.endswith(f".{one}")), "")


def _is_near(domain: str, common: str) -> bool:
    name, _, rest = common.partition(".")
    if len(name) < 4:  # so short that other names are near it
        own, _, behind = domain.partition(".")
        return own == name and edits(behind, rest) == 1
    return edits(domain, common) == 1


def edits(one: str, other: str) -> int:
    """How many letters are added, left out, replaced or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        older, before, row = before, row, [place]
        for at, theirs in enumerate(other, 1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != theirs))
            swapped = at > 1 and place > 1 and letter == other[at - 2] and one[place - 2] == theirs
            row.append(min(cost, older[at - 2] + 1) if swapped else cost)
    return row[-1]


def _folded(address: str) -> str:
    return unicodedata.normalize("NFC", address).casefold()


def _at(field: str, words: str) -> Refused:
    return Refused.at({field: words}, "P8")

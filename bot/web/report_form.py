"""The form of the page on which anybody reports: its fields, who stands behind a title, and what is wrong (P13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.web.written import Written
from handlers.breach.forms import LONGEST
from handlers.breach.intents import Told
from handlers.policy import Policy
from handlers.policy.terms import Role

SHORT = 200  # characters of a field that takes a line
MOST = {"what": LONGEST, "when": SHORT, "which": SHORT, "concerned": SHORT, "name": SHORT}
LABELS = {
    "what": "What happened?", "when": "When?", "which": "Which recording or request, if you know?",
    "concerned": "Who is it about?", "name": "Your name, if you want to give it",
}  # fmt: skip
NOTHING = "Please say in a sentence or two what happened."


@dataclass(frozen=True, slots=True)
class Readers:
    """Those who would read a report, by what they are; nobody's name stands on a page for everybody."""

    key: str
    title: str
    people: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in. `errors` has a sentence for each field that has to be mended."""

    written: Written
    told: Told
    errors: Mapping[str, str]


def readers(policy: Policy) -> list[Readers]:
    """All who may come to read a report, the usual ones first; addresses in normal form."""
    roles = policy.roles.keyed(policy.identity)
    found = (
        ("human_resources", roles.manager_human_resources),
        ("head", roles.head_of_customer_success),
        ("fallback", roles.breach_fallback),
    )
    return [one for key, role in found for one in _of(key, role)]


def usual(policy: Policy) -> tuple[str, str]:
    """The titles of those who read a report, unless they are kept out."""
    return policy.roles.manager_human_resources.title, policy.roles.head_of_customer_success.title


def filled(written: Written, policy: Policy, account: str = "") -> Filled:
    """What was told, and what is wrong with it. Who picks himself or herself is one more conflict, not to be told from others.

    `account` is whose link led here, or empty: then a name is given in words.
    """
    behind = {one.key: one.people for one in readers(policy)}
    picked = {*written.ticked("conflicts"), written.words("own")}
    conflicts = frozenset[str]().union(*(people for key, people in behind.items() if key in picked))
    what, when, which, concerned, name = (written.words(one) for one in MOST)
    named = written.words("named") == "named" if account else bool(name)
    told = Told(
        "link" if account else "page", what, when, which, concerned=concerned, conflicts=tuple(sorted(conflicts)), named=named,
        account=account, name="" if account else name,
    )  # fmt: skip
    return Filled(written, told, _errors(written))


def _errors(written: Written) -> dict[str, str]:
    found = {
        name: f"This has {len(words):,} characters, and {most:,} fit. Please shorten it; you can add more once it is filed."
        for name, most in MOST.items()
        if len(words := written.words(name)) > most
    }
    return found if written.words("what") else {"what": NOTHING, **found}


def _of(key: str, role: Role) -> list[Readers]:
    deputies = [Readers(f"{key}_deputy", f"A deputy of the {role.title}", frozenset(role.deputies))]
    return [Readers(key, role.title, frozenset({role.holder})), *(deputies if role.deputies else [])]

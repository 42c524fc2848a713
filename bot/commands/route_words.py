"""Who would decide a request, in sentences, for `recording-steward route`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from handlers.policy import Policy
from handlers.rules.foreseeing import Foreseen
from handlers.rules.routing import Authority
from handlers.words import OUT

HELD = "Nobody may decide it, so it would be held, and whoever can mend that is told."
NOBODY_NEXT = "Nobody else may decide it."
NO_LAPSE = "Never: an investigation waits until it is decided."
NO_FIELD = "Only the form for an investigation asks whom a request concerns."
Name = Callable[[str], str]


def sentences(found: Foreseen, name: Name, lapses: str) -> Iterator[tuple[str, str]]:
    """Label and sentence, one after the other; `name` tells a person by address, `lapses` the moment, if there is one."""
    policy, where = found.case.policy, found.where
    yield from _all("Asked", _deciders(policy, where.approvers, name), HELD)
    if where.approvers:
        yield from _all("Next", _deciders(policy, found.next, name), NOBODY_NEXT)
    yield from (("Passed over", f"{name(who)} {OUT[why]}.") for who, why in found.passed_over)
    yield from (("Told of it", f"{name(who)} hears of the decision.") for who in found.told)
    yield ("Lapses", f"{lapses}, if nobody answers." if lapses else NO_LAPSE)
    if found.case.concerned and found.case.kind == "staff":
        yield ("Note", NO_FIELD)


def _all(label: str, told: Iterable[str], nobody: str) -> list[tuple[str, str]]:
    return [(label, one) for one in told] or [(label, nobody)]


def _deciders(policy: Policy, deciders: Iterable[Authority], name: Name) -> Iterator[str]:
    for one in deciders:
        title = policy.role(one.role).title
        yield f"{name(one.email)}, {f'deputy of the {title}' if one.deputy else title}."

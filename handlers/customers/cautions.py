"""What should be known before a customer's request is released: said in words, and nothing is refused for it (P8, P12)."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.customers.choosing import SHARED
from handlers.customers.known import Known
from handlers.customers.view import View
from handlers.rules.same_person import looks_like_theirs
from handlers.rules.stated import other_numbers, other_references
from handlers.words import line_words, masked, moment_words

NO_CALL = "No call is named yet. A release needs one; a refusal does not."
BESIDE = "Another request for one of these calls is open: {others}. Please make sure whose call it is."
LOCKED = (
    "The caller asked not to be recorded on {days}, so that is locked, but we still hold the recording. Please don’t tell the customer"
    " that we have none. It can be released once it is decided that it is kept."
)
OWN = "The address looks like that of {name}, who {part}. Ask the customer whether it is theirs before you release anything."
ELSEWHERE = "A colleague wants it at an address outside of the company, which is for the {head} to allow."


def cautions(view: View) -> tuple[str, ...]:
    """In the order in which they matter; nothing once what is known was erased."""
    return tuple(_cautions(view, view.known)) if view.known is not None else ()


def locked(view: View) -> tuple[str, ...]:
    """That audio is still there which nobody finds, for whoever releases it: else a refusal would say that there is none."""
    days = dict.fromkeys(
        moment_words(one.started, line_words(one.line, view.policy)[1], view.now) for one in view.locked
    )
    return (LOCKED.format(days=" and ".join(days)),) if days else ()


def beside(view: View, reader: int) -> tuple[str, ...]:
    """That another request for one of these calls is open, for whoever may know of both; whose call it is then has to be told apart."""
    known = [one for one, holders in view.beside.items() if reader in holders]
    return (BESIDE.format(others=", ".join(known)),) if known else ()


def own_address(view: View, reader: int) -> tuple[str, ...]:
    """For whoever releases it: that the mail may go to a private address of who filed it, or of who was on a call."""
    if view.known is None or not view.known.address or reader in view.filers or not view.asks(reader):
        return ()
    asker = view.request.asker
    if asker == "operator":
        return ()
    filers = {(view.people[one].name, view.people[one].email_key): "filed this" for one in sorted(view.filers)}
    mine = () if asker == "former" else view.recordings
    on_calls = {(one.operator_name, one.operator_key): "was on the call" for one in mine}
    alike = {
        name: part
        for (name, key), part in (on_calls | filers).items()
        if looks_like_theirs(view.known.address, name, key)
    }
    return tuple(OWN.format(name=name, part=part) for name, part in alike.items())


def _cautions(view: View, known: Known) -> Iterator[str]:
    if not view.recordings:
        yield NO_CALL
    if known.shared:
        yield f"{SHARED} A matching number is no proof."
    if view.recordings:
        yield from _stated(view, known.said)
        yield from _who_answered(view, known.name)
    if view.elsewhere:
        yield ELSEWHERE.format(head=view.policy.role("head_of_customer_success").title)


def _stated(view: View, said: str) -> Iterator[str]:
    """Numbers and references that they told, and that are on none of the calls."""
    regions = [line.region_code for line in view.policy.lines.values()]
    for number in other_numbers(said, regions, {one.caller for one in view.recordings}):
        yield f"They named the number {masked(number)}, which is on none of these calls."
    pattern = view.policy.company.crm_pattern
    for reference in other_references(said, pattern, {one.crm for one in view.recordings if one.crm}):
        yield f"They named {reference}, which is the reference of none of these calls."


def _who_answered(view: View, name: str) -> Iterator[str]:
    """A colleague, or somebody who was one, was on the call."""
    if view.request.asker not in ("operator", "former"):
        return
    others = sum(not named_alike(name, one.operator_name) for one in view.recordings)
    if others == len(view.recordings):
        yield f"None of these calls was with {name}."
    elif others:
        yield f"{others:,} of these calls {'was' if others == 1 else 'were'} not with {name}. Please take those out, or ask whose they are."


def named_alike(name: str, operator: str) -> bool:
    """Whether two names can be one person's: all words of one stand in the other."""
    return _words(name) <= _words(operator) or _words(operator) <= _words(name)


def _words(name: str) -> set[str]:
    return set(name.casefold().split())

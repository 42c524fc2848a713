"""What the card of a customer's request says beside its facts: what it came to, what was said, what to mind, and whose turn it is (P8, P11, P12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.cards import Line, Part, Said, Sign, Small, When
from handlers.customers.state import Known, Receipt, View, promised
from handlers.matters.asking import told
from handlers.matters.case import entitled
from handlers.rules.customer_names import looks_like_theirs
from handlers.rules.refusal import Refused
from handlers.words import caution, counted, day_words, line_words, masked, moment_words, sum_words

IN_TIME = "If it runs late, that stays on record."
LATE = "It is late, and that stays on record."
ERASED = "Who the customer is, and what anyone wrote about it, "
SHOWN = 6  # of what was said, on the card itself
LABELS = {
    "question": "Question from {who}", "answer": "Answer from {who}", "note": "{who} notes", "withdrawn": "{who} on the withdrawal",
    "another_voice": "{who} on another person in it",
    "asked_number": "{who} asked for another number", "allowed_number": "{who} allowed another number",
    "told_otherwise": "{who} on how they were told",
}  # fmt: skip
NO_CALL = "No call is named yet. A release needs one; a refusal does not."
SHARED = "This number is used by more than one customer."
BESIDE = "Another request for one of these calls is open: {others}. Please make sure whose call it is."
LOCKED = (
    "The caller asked not to be recorded on {days}, so that is locked, but we still hold the recording. Please don’t tell the customer"
    " that we have none. It can be released once it is decided that it is kept."
)
OWN = "The address looks like that of {name}, who {part}. Ask the customer whether it is theirs before you release anything."
ELSEWHERE = "A colleague wants it at an address outside of the company, which is for the {head} to allow."
HANDLER = "You are one of those who confirm customers’ requests"
CONFIRMS = "who asks, that the call is theirs, and the address."


def outcome(view: View) -> Iterator[Part]:
    """First what it came to, who decided it, and that its day was missed."""
    request = view.request
    if request.state == "withdrawn" and request.closed_at is not None:
        by = _withdrawn_by(view)
        withdrawn = f"Withdrawn, as {_name(view, by)} wrote down " if by is not None else "Withdrawn "
        yield Line((withdrawn, _when(view, request.closed_at), "."))
    if request.outcome and request.decided_at is not None:
        role = f" ({request.decided_as})" if request.decided_as else ""
        decided = f"{request.outcome.capitalize()} by {_name(view, request.decided_by)}{role}, "
        yield Line((decided, _when(view, request.decided_at)))
    if request.refusal:
        reason = view.policy.customers.refusals.get(request.refusal, request.refusal)
        yield Said("The reason, as the customer reads it", reason)
    if request.answered_at is not None:
        when = _when(view, request.answered_at)
        yield Line(("Answered: ", when, ". That is when the mail server took it, or they were told."))
    if view.links and request.state == "answered":
        yield from _opened(view)
    if request.missed_at is not None:
        missed = When(request.missed_at, promised(request).zone, view.now)
        yield Line(("It was due ", missed, " and not answered by then. That stays on record."), Sign.ALARM)


def receipts(view: View) -> Iterator[Part]:
    """Each time that they asked, where they did more than once, since the earliest counts."""
    if view.known is None:
        at = ("was erased on ", _when(view, view.gone_at), ", as the policy says.") if view.gone_at else ("is gone.",)
        yield Line((ERASED, *at))
    elif len(view.known.receipts) > 1:
        for one in view.known.receipts:
            received = receipt_shown(one, line_words(view.request.line, view.policy)[1], view.now)
            wrote = f", as {view.people[one.by].name} wrote down "
            yield Line(("Asked ", received, wrote, When(one.told_at, now=view.now), "."))


def receipt_shown(one: Receipt, zone: str, now: datetime) -> str | When:
    """When they asked, on a card."""
    return When(one.at, zone, now) if one.timed else receipt_words(one.at, zone, now, timed=False)


def receipt_words(at: datetime, zone: str, now: datetime, *, timed: bool) -> str:
    """When they asked, in an IANA zone: nobody reads a time that nobody told."""
    here = ZoneInfo(zone)
    return moment_words(at, zone, now) if timed else day_words(at.astimezone(here).date(), now.astimezone(here).date())


def said(view: View, reader: int, *, whole: bool) -> Iterator[Part]:
    """What they know about the call, and what was said since, for whoever may read it."""
    if view.known is None or not view.shows_names_to(reader):
        return
    if view.known.said:
        yield Said("What they know about the call", view.known.said)
    for one in view.known.remarks if whole else view.known.remarks[-SHOWN:]:
        who = "You" if one.by == reader else view.people[one.by].name
        yield Said(LABELS.get(one.kind, "{who}").format(who=who), one.words)


def history(view: View) -> Iterator[Part]:
    """For Details: to which numbers the passcode was read, what was heard or fetched, and how the day was counted."""
    for rung in view.known.rung if view.known else ():
        other = "" if rung.on_call else f", which {_name(view, rung.allowed_by)} allowed"
        read = f"Passcode read to {masked(rung.number)}{other}, by {_name(view, rung.by)}, "
        yield Line((read, _when(view, rung.at), "."))
    for call in view.recordings:
        mine = [one for one in view.listenings if one.recording_id == call.id]
        for kind, what in (("played", "Heard"), ("downloaded", "Downloaded")):
            if times := [one.at for one in mine if one.kind == kind]:
                began = When(call.started, line_words(call.line, view.policy)[1], view.now)
                had = f"{what} {counted(len(times), 'time')}, last "
                yield Line((had, _when(view, max(times)), ": call of ", began))
    due = promised(view.request)
    yield Line(sum_words(due, view.now))
    if words := caution(due):
        yield Small(words)


def turn(view: View, reader: int) -> Iterator[Part]:
    """Why it came to this reader, and what happens if nobody does anything."""
    if view.request.state == "stuck":
        yield Line(f"No one may release it at the moment. {told(view)}".strip(), Sign.ALARM)
    elif view.request.is_open:
        yield Line(_whose(view, reader))


def names(view: View) -> str:
    """Whoever is asked to release it."""
    asked = (one.person_id for one in view.approvers if entitled(view, one.person_id))
    there = list(dict.fromkeys(view.people[one].name for one in asked))
    *first, last = there or ["someone who may release it"]
    return f"{', '.join(first)} or {last}" if first else last


def warnings(view: View, reader: int) -> Iterator[Part]:
    """For as long as there is something to decide. A hold stops nothing (P8), and whom its case is about learns of none (P12)."""
    if not view.request.is_open:
        return
    own = _own_address(view, reader)
    beside = (BESIDE.format(others=", ".join(view.beside)),) if view.beside else ()
    alone = (*locked(view), *beside) if view.may_release(reader) else ()
    for words in (*own, *cautions(view), *alone):
        yield Line(words, Sign.ALARM)


def cautions(view: View) -> tuple[str, ...]:
    """What should be known before it is released, in the order in which it matters; nothing is refused for it."""
    return tuple(_cautions(view, view.known)) if view.known is not None else ()


def locked(view: View) -> tuple[str, ...]:
    """That audio is still there which nobody finds, for whoever releases it: else a refusal would say that there is none."""
    days = dict.fromkeys(
        moment_words(one.started, line_words(one.line, view.policy)[1], view.now) for one in view.locked
    )
    return (LOCKED.format(days=" and ".join(days)),) if days else ()


def named_alike(name: str, operator: str) -> bool:
    """Whether two names can be one person's: all words of one are in the other."""
    mine, theirs = set(name.casefold().split()), set(operator.casefold().split())
    return mine <= theirs or theirs <= mine


def _cautions(view: View, known: Known) -> Iterator[str]:
    if not view.recordings:
        yield NO_CALL
    if known.shared:
        yield f"{SHARED} A matching number is no proof."
    if view.recordings:
        yield from _who_answered(view, known.name)
    if view.elsewhere:
        yield ELSEWHERE.format(head=view.policy.role("head_of_customer_success").title)


def _who_answered(view: View, name: str) -> Iterator[str]:
    """A colleague, or somebody who was one, was on the call."""
    if view.request.asker not in ("operator", "former"):
        return
    others = sum(not named_alike(name, one.operator_name) for one in view.recordings)
    if others == len(view.recordings):
        yield f"None of these calls was with {name}."
    elif others:
        yield f"{others:,} of these calls {'was' if others == 1 else 'were'} not with {name}. Please take those out, or ask whose they are."


def _own_address(view: View, reader: int) -> tuple[str, ...]:
    """For whoever releases it: that the mail may go to a private address of who filed it, or of who was on a call."""
    known, asker = view.known, view.request.asker
    if known is None or not known.address or asker == "operator" or reader in view.filers or not view.asks(reader):
        return ()
    ours = {(view.people[one].name, view.people[one].email_key): "filed this" for one in sorted(view.filers)}
    on_calls: Mapping[tuple[str, str], str] = {
        (one.operator_name, one.operator_key): "was on the call"
        for one in (() if asker == "former" else view.recordings)
    }
    alike = {
        name: part for (name, key), part in {**on_calls, **ours}.items() if looks_like_theirs(known.address, name, key)
    }
    return tuple(OWN.format(name=name, part=part) for name, part in alike.items())


def _whose(view: View, reader: int) -> str:
    late = LATE if view.request.due_at is not None and view.now > view.request.due_at else IN_TIME
    if view.waits_for:
        return f"The customer has yet {view.waits_for}. Until then it can’t be released. {late}"
    if view.asks(reader):
        return f"{_why_asked(view, reader)} {late}".strip()
    return f"It waits for {names(view)}. {late}"


def _why_asked(view: View, reader: int) -> str:
    person = view.people[reader]
    try:
        authority = view.authority(person)
    except Refused:
        return ""
    role = view.policy.role(authority.role)
    if person.email_key in view.policy.customers.handlers and person.email_key != role.holder:
        return f"{HANDLER}: {CONFIRMS}"
    as_what = f"stand in for the {role.title}" if authority.deputy else f"are the {role.title}"
    return f"You {as_what}: you confirm {CONFIRMS}"


def _opened(view: View) -> Iterator[Part]:
    """Whether the customer opened the newest link, and until when it works."""
    link = view.links[0]
    if link.opened_at is not None:
        fetched = (", and fetched or heard everything ", _when(view, link.fetched_at)) if link.fetched_at else ()
        yield Line(("The customer opened the link ", _when(view, link.opened_at), *fetched, "."))
    elif link is view.link:
        yield Line(("The customer has not opened the link yet. It works until ", _when(view, link.ends_at), "."))
    else:
        yield Line("The link is over, and the customer never opened it.")


def _withdrawn_by(view: View) -> int | None:
    """Who wrote down that they withdrew it; None once that was erased."""
    wrote = [one.by for one in view.known.remarks if one.kind == "withdrawn"] if view.known else []
    return wrote[-1] if wrote else None


def _when(view: View, at: datetime) -> When:
    return When(at, line_words(view.request.line, view.policy)[1], view.now)


def _name(view: View, person: int | None) -> str:
    return view.people[person].name if person is not None and person in view.people else "someone"

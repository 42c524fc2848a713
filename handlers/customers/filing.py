"""Filing a customer's request in two steps: looked through, sealed, promised, and put to whoever releases it (P8).

The same customer asking again for the same calls adds a date to the open request; the earliest counts.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.cards import Sheet
from handlers.customers import forms
from handlers.customers.deadlines import bring_forward, watch
from handlers.customers.forms import (
    UNCHECKED,
    WANTS,
    AuthorityForm,
    ColleagueForm,
    Meant,
    PersonForm,
    WhichForm,
    is_shared,
    meant,
)
from handlers.customers.lines import SHARED, cautions, receipt_words
from handlers.customers.state import (
    COLLEAGUE,
    Identified,
    Known,
    Receipt,
    View,
    promise,
    promised,
    view_of,
    write_known,
)  # fmt: skip
from handlers.effects import Effect, Tell
from handlers.forms import Answers
from handlers.handling import handler
from handlers.ids import hashed, new_id
from handlers.matters.asking import alarm, ask_anew, changed, no_longer_decide, on_record, parties, reached, shows
from handlers.matters.case import party_of
from handlers.room import Earlier, Given
from handlers.rules import customer_names as address_rule
from handlers.rules import customers as rule
from handlers.rules.access import company_day, company_time
from handlers.rules.customer_names import asks_again
from handlers.rules.identity import email_key
from handlers.rules.refusal import Refused
from handlers.rules.working_days import Due, earliest
from handlers.sealing import Seal
from handlers.words import capital, counted, line_words, moment_words
from storage.records import Party, Recording
from storage.tables.customers import CustomerRequest


@dataclass(frozen=True, slots=True)
class Filed:
    """The request that now stands, due at a moment (aware) in a zone (IANA).

    `joined`: the same was open already, and this receipt was added to it. `waits` for what the customer has yet to give, in words.
    """

    request: str
    due_at: datetime
    zone: str
    joined: bool = False
    waits: str = ""
    warnings: tuple[str, ...] = ()


T = TypeVar("T")
ToWhom = ColleagueForm | PersonForm
FILER = "filer"
"""The part of whoever filed it again."""
ASK_MORE = f"{SHARED} Please write what they know about the call itself."
OLD = "This form is out of date. Please open it again."
NOT_OFFERED = "This can’t be chosen any more. Please choose again."
_NAMES = {"a": "asker", "w": "wants", "d": "received_on", "t": "received_at", "c": "recordings"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, and by when the answer is due. `shared` as in `Known`; `zone` (IANA) is that of the day as it was written down."""

    meant: Meant
    due: Due
    zone: str
    shared: bool


def read_first_step(act: Act, which: WhichForm) -> Asked:
    """The first step as it counts now; raises `Refused` at the field that has to be corrected."""
    chosen = meant(act, which.recordings)
    lines = list(dict.fromkeys(one.line for one in chosen.recordings)) or [act.policy.company.home_line]
    zone = act.policy.lines[lines[0]].time_zone
    rule.readable(which.received_on, act.now, zone)
    at = rule.first_asked(which.received_on, which.received_at, zone, chosen.began)
    rule.possible(at, act.now, zone, chosen.began, several=len(chosen.recordings) > 1)
    due = earliest(act.policy, lines, at, act.policy.customers.working_days)
    return Asked(chosen, due, zone, is_shared(act, chosen.recordings))


@handler("customer.choose", clause="P8")
def choose(act: Act, form: forms.WhichForm, opened: str = "") -> Done[Sheet]:
    """Nothing is stored: what was filled in travels with the second step."""
    told = _summary(form, read_first_step(act, form), act.now)
    sheet = _second_step(form.asker).sheet(act.policy, pack(form, opened), told)
    return Done(sheet, quiet=True)


def introduction(act: Act, about: str) -> str:
    """What is above the second step: what is asked for, and by when it is due; raises `Refused` where that can't be filed."""
    which, _ = unpack(about)
    return _summary(which, read_first_step(act, which), act.now)


def asked_today(act: Act, answers: Answers) -> Mapping[str, str]:
    """What the first step begins with: most requests are filed on the day the customer asks."""
    return {"received_on": company_day(act.policy, act.now).isoformat()}


def supplied(act: Act, answers: Answers) -> Mapping[str, str]:
    """What counts where nothing was chosen: whoever was identified was so today."""
    return {"seen_on": company_day(act.policy, act.now).isoformat()}


def second_step(given: Given) -> type[ToWhom]:
    """The second step: a colleague is known here, and authority is shown by a letter."""
    try:
        return _second_step(unpack(given.about)[0].asker)
    except Refused:
        return PersonForm


def pack(form: WhichForm, opened: str) -> str:
    """The first step as the second one carries it, in ASCII; `opened` is what the first one was about."""
    told = {"a": form.asker, "w": form.wants, "d": form.received_on.isoformat(), "c": form.recordings}
    told |= {"t": form.received_at} if form.received_at else {}
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return f"{opened}~{base64.urlsafe_b64encode(written).decode()}"


def unpack(about: str) -> tuple[WhichForm, str]:
    """The first step, read again since a client could change it, and what it was about; raises `Refused`."""
    answers, opened = _answers(about)
    return WhichForm.read(answers), opened


def first_step(about: str) -> Earlier:
    """The first step as it was filled in, to go back to; raises `Refused`."""
    answers, opened = _answers(about)
    return Earlier(WhichForm.name, opened, {**answers, "reason": "customer"})


@handler("customer.file", clause="P8")
def file(act: Act, which: forms.WhichForm, who: forms.ColleagueForm | forms.PersonForm, key: str) -> Done[Filed]:
    """A new request; or what is open already, with one more date."""
    once = hashed(key)
    if before := act.store.customers.filed_by_key(once):
        return Done(_filed(view_of(act, before)), quiet=True)
    found = read_first_step(act, which)
    known = _read_second_step(act, which, who, found)
    same = _mark(act, which, found, known)
    for one in act.store.customers.same(same):
        view = view_of(act, one)
        if view.known and asks_again(view.known.named, known.named, act.policy.identity, call=bool(view.recordings)):
            return _add_date(act, view, known)
    return _file_new(act, which, once, same, found, known)


def check_address(act: Act, twice: tuple[str, str], asker: str, recordings: Iterable[Recording]) -> str:
    """The address as it is kept; empty where none was named. Raises `Refused` at the field that has to be corrected."""
    address = address_rule.nominated(*twice)
    if not address:
        return ""
    key = email_key(address, act.policy.identity)
    answered = {one.operator_key for one in recordings if one.operator_key} or {act.me.email_key}
    own = all(act.store.people.among([one], [key]) for one in answered)
    address_rule.may_go_to(act.policy, address, asker, staff=_works_here(act, key), own=own)
    return address


def ask_again(act: Act, request: CustomerRequest) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Whoever wrote something down releases it no longer; somebody else is asked where that leaves nobody.

    What the log says of that, and a new revision for everybody who holds a copy.
    """
    view = view_of(act, request)
    over = no_longer_decide(view)
    new, where = ask_anew(act, view)
    told = alarm(act, request, view.what, where) if request.state == "stuck" else ()
    return {**new, "over": over, **warned_by(told)}, (*told, *changed(view, new["asked"]))


def _second_step(asker: str) -> type[ToWhom]:
    if asker == "operator":
        return ColleagueForm
    return AuthorityForm if asker == "authority" else PersonForm


def _summary(which: WhichForm, found: Asked, now: datetime) -> str:
    wanted = next(one.label for one in WANTS if one.value == which.wants)
    calls = counted(len(found.meant.recordings), "call") if found.meant.recordings else "no call found yet"
    since = receipt_words(found.due.received, found.zone, now, timed=bool(which.received_at))
    clock = f"They first asked {since}, so the answer is due {moment_words(found.due.at, found.due.zone, now)}."
    return " ".join((f"{wanted} · {calls}.", clock, *([ASK_MORE] if found.shared else [])))


def _answers(about: str) -> tuple[Answers, str]:
    opened, mark, told = about.partition("~")
    try:
        found = json.loads(base64.urlsafe_b64decode(told.encode()))
    except (ValueError, binascii.Error, RecursionError):
        raise Refused(OLD, code="old_form") from None
    if not mark or not isinstance(found, dict) or not all(map(_is_answer, found.values())):
        raise Refused(OLD, code="old_form")
    return {_NAMES[name]: one for name, one in found.items() if name in _NAMES}, opened


def _is_answer(told: object) -> bool:
    return isinstance(told, str) or (isinstance(told, list) and all(isinstance(one, str) for one in told))


def _read_second_step(act: Act, which: WhichForm, who: ToWhom, found: Asked) -> Known:
    """All that is known of it; raises `Refused` at all fields that have to be corrected."""
    wrong = {"said": ASK_MORE} if found.shared and not who.said else {}
    twice = who.address, who.address_again
    address = _or(wrong, lambda: check_address(act, twice, which.asker, found.meant.recordings), "")
    identified = _or(wrong, lambda: _identified(act, who), None)
    if wrong:
        raise Refused.at(wrong, "P8")
    receipt = Receipt(
        at=found.due.received, told_at=act.now, by=act.me.id, day=which.received_on, timed=bool(which.received_at)
    )
    return Known(
        name=who.person, said=who.said, number=found.meant.number, address=address, receipts=[receipt],
        authority=who.authority if isinstance(who, AuthorityForm) else "", identified=identified, shared=found.shared,
    )  # fmt: skip


def _or(wrong: dict[str, str], check: Callable[[], T], otherwise: T) -> T:
    """What a check of the form gives; where it refuses at its fields, they join what is `wrong`, so that all is said at once."""
    try:
        return check()
    except Refused as refused:
        wrong |= refused.fields
        return otherwise


def _identified(act: Act, who: ToWhom) -> Identified | None:
    """How it was checked who asks; None where nobody has yet. Raises `Refused` at the field."""
    today = company_day(act.policy, act.now)
    if not isinstance(who, PersonForm):
        return Identified(check=COLLEAGUE, seen_on=today, by=act.me.id, at=act.now)
    if who.check == UNCHECKED:
        return None
    if who.check not in act.policy.customers.identity_checks:
        raise Refused.at({"check": NOT_OFFERED}, "P8")
    if who.seen_on is not None:
        rule.refuse_future_day("seen_on", who.seen_on, company_time(act.policy, act.now))
    return Identified(check=who.check, seen_on=who.seen_on or today, by=act.me.id, at=act.now)


def _works_here(act: Act, key: str) -> bool:
    policy = act.policy
    named = policy.roles.everybody() | frozenset(policy.customers.handlers)
    members = frozenset(one for department in policy.departments.values() for one in department.staff)
    return key in named | members or act.store.people.works_here(key)


def _mark(act: Act, which: WhichForm, found: Asked, known: Known) -> str:
    """By this the same is known again: who asks what of which calls; without a call, by name and address."""
    calls = sorted(f"{one.id}" for one in found.meant.recordings)
    person = (" ".join(one.casefold().split()) for one in (known.name, known.address))
    return act.keys.mark(
        "customer.same", which.asker, which.wants, *(("calls", *calls) if calls else ("person", *person))
    )


def _file_new(act: Act, which: WhichForm, key: str, same: str, found: Asked, known: Known) -> Done[Filed]:
    calls = found.meant.recordings
    request = CustomerRequest(
        id=new_id("C"), key=key, same=same, filed_by=act.me.id, asker=which.asker, wants=which.wants,
        received_at=found.due.received, sealed=b"", asked_at=act.now, identified=known.identified is not None,
        address_by=act.me.id if known.address else None,
    )  # fmt: skip
    promise(request, found.due)
    act.store.customers.add(request, calls, ())
    Seal(act).begin(request)
    write_known(act, request, known)
    detail = {**_on_record(request), "recordings": [one.id for one in calls]}
    watch(act, request)
    asked, effects = _ask(act, request)
    others = [
        effect
        for one in act.store.customers.beside(request.id, (one.id for one in calls))
        for effect in changed(view_of(act, one))
    ]
    # Where somebody files is where the card is looked for, until another place is chosen at home.
    act.store.people.prefers_first(act.me, act.who.platform)
    return Done(_filed(view_of(act, request)), (*effects, *others), request.id, detail | asked)


def _ask(act: Act, request: CustomerRequest) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Put it to whoever releases it; what the log says of that, and who gets its card."""
    view = view_of(act, request)
    where = reached(act, view.circumstances)
    asked = parties(act, request, where)
    request.state = "waiting" if where.approvers else "stuck"
    for one in asked:
        act.store.matters.ask(one)
    told = alarm(act, request, view.what, where)
    people = [request.filed_by, *(one.person_id for one in asked)]
    return {**on_record(asked), **warned_by(told)}, (*told, *shows(request, people))


def _add_date(act: Act, view: View, again: Known) -> Done[Filed]:
    """One more date, which brings the due day forward or leaves it; whoever filed it again holds a copy, and never releases it."""
    request, known, before = view.request, view.known or again, promised(view.request).at
    said = "\n".join(dict.fromkeys(filter(None, (known.said, again.said))))
    known = known.model_copy(update={"receipts": [*known.receipts, *again.receipts], "said": said})
    request.received_at = known.first().at
    bring_forward(act, view)
    write_known(act, request, known)
    filer = act.me.id != request.filed_by and party_of(view, act.me.id) is None
    if filer:
        act.store.matters.ask(Party(matter_id=request.id, person_id=act.me.id, part=FILER, role="", since=act.now))
    detail, effects = ask_again(act, request)
    watch(act, request)
    view = view_of(act, request)
    told = _told_sooner(act, view) if promised(request).at < before else ()
    calls = [one.id for one in view.recordings]
    entry = {**_on_record(request), "addressed": False, "joined": True, "filer": filer, "recordings": calls}
    return Done(_filed(view, joined=True), (*effects, *told), request.id, {**entry, **detail})


def _told_sooner(act: Act, view: View) -> tuple[Tell, ...]:
    """Whoever releases it hears that it is due earlier."""
    due, once = promised(view.request), f"sooner:{view.request.id}:{view.request.revision}"
    when = moment_words(due.at, line_words(due.line, view.policy)[1], act.now)
    words = capital(f"{view.what} was asked for earlier than was known, so it is due {when}. Press Details to see it.")
    return tuple(Tell(one.person_id, words, once, "details", view.request.id) for one in view.approvers)


def _on_record(request: CustomerRequest) -> dict[str, Any]:
    """What the log says of a request as it is: who asks for what, since when, until when; kinds and moments alone."""
    return {
        "asker": request.asker, "wants": request.wants, "received": request.received_at.isoformat(),
        "due": promised(request).at.isoformat(), "identified": request.identified,
        "addressed": request.address_by is not None,
    }  # fmt: skip


def _filed(view: View, *, joined: bool = False) -> Filed:
    due = promised(view.request)
    return Filed(view.request.id, due.at, due.zone, joined, view.waits_for, cautions(view))

"""The card of a customer's request for one reader, in every state, with its buttons; and its row at home (P8, P11, P12)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from handlers import phrases
from handlers.acting import Context
from handlers.cards import Actions, Button, Card, Facts, Line, Part, Row, Said, Sign, Small, Title, When, Words
from handlers.customers import state
from handlers.customers.forms import ASKERS
from handlers.customers.state import COLLEAGUE, CustomerCase, IdentityCheck, Receipt, promised_due
from handlers.home import drawn_list
from handlers.matters import reminding, showing
from handlers.matters.case import who_was_told
from handlers.room import Lists, Rows
from handlers.rules import customer_names, customers, working_days
from storage.customers import ON_ITS_WAY
from storage.tables.customers import CustomerRequest

WHAT = "A customer’s request"
SIGNS = {
    "waiting": Sign.WAITING, "stuck": Sign.ALARM, "sending": Sign.WAITING, "unknown": Sign.QUESTION,
    "answered": Sign.APPROVED, "withdrawn": Sign.WITHDRAWN,
}  # fmt: skip
STATES = {
    "stuck": "no one may release it", "sending": "being sent", "unknown": "the e-mail may not have arrived", "withdrawn": "withdrawn",
}  # fmt: skip
PLACES = 3
"""Buttons on the card itself; the others are in Details."""
LABELS = {
    "question": "Question from {who}", "answer": "Answer from {who}", "note": "Note from {who}", "withdrawn": "The withdrawal, from {who}",
    "another_voice": "Why they may hear it, from {who}", "asked_number": "Another number to phone, from {who}",
    "allowed_number": "Number allowed by {who}", "told_otherwise": "How they were told, from {who}",
}  # fmt: skip
NO_CALL = "No call is named, so there is nothing to release. If you find the call, file the request again with it, and withdraw this one."
OWN = "The address looks like that of {name}, who {part}. Ask the customer whether it is theirs before you release anything."
SHARED = "Several customers use this number. A matching number is no proof."
BESIDE = "Someone else is asking for one of these calls: {others}. Please check whose call it is."
LOCKED = (
    "The caller declined to be recorded on {days}. We still have that recording, locked, so please don’t tell the customer"
    " that we have none. You can release it if it is kept."
)
GOING = "The caller declined to be recorded on {days}, and that recording will be erased. It is locked, so you can’t release it. Please refuse this as erased; it will be, once the request is closed."
UNSENT = "{locked} of the {calls} calls {are} locked and won’t be sent."
CONFIRM = "Releasing it means you’ve checked who is asking, that it is their call, and the address."
TWICE = "The e-mail may have arrived. If you send it again, the customer may get it twice, with the same link."
REOPENS = "This stops the link at once and reopens the request, still {due}."
ONCE_MORE = "The customer gets an e-mail with a new link to the same calls."
Fact = tuple[str, Words]


def customer_card(case: CustomerCase, reader: int, *, whole: bool = False) -> Card:
    """Return the card for one reader; `whole` as Details shows it, with everything left out of the chat."""
    state = _customer_state(case, reader)
    title = Title(SIGNS[case.matter.state], _customer_title(case, reader), state)
    body = _whole_parts(case, reader) if whole else _short_parts(case, reader, title.what)
    parts = (title, *body, *_action_parts(case, reader, whole=whole), Small(case.small))
    can_release = case.matter.state == "waiting" and case.may_release(reader) and not case.still_needs
    who = case.name_of(case.matter.filed_by)
    asks_release = can_release and case.question is None
    return Card(parts, f"{who} is asking you to release a customer’s call." if asks_release else f"{WHAT}: {state}.")


def _whole_parts(case: CustomerCase, reader: int) -> Iterator[Part]:
    """Yield what Details shows: outcome, all facts and calls, history, remarks, warnings and whose turn it is."""
    yield from _outcome_parts(case, whole=True)
    yield Facts((*_customer_facts(case, reader), *_detail_facts(case)))
    for one in case.recordings:
        yield Line(phrases.call_and_reference(one, case.policy, case.now, case.erased.get(one.id)))
    yield from (*_history_parts(case), *_remark_parts(case, reader, whole=True))
    yield from (Line(words, Sign.ALARM) for words in _warning_parts(case, reader))
    yield from _turn_parts(case, reader)


def _short_parts(case: CustomerCase, reader: int, title: str) -> Iterator[Part]:
    """Yield what the card in the chat shows below its title: outcome, first call, facts, warnings and the last remark."""
    yield from _outcome_parts(case, whole=False)
    # The customer may have the name of the person on the call.
    calls, card = case.recordings, (title.partition(" for ")[2], len(case.recordings) - 1)
    lines = [phrases.call_line(one, case.policy, case.now, case.erased.get(one.id), card) for one in calls[:1]]
    crm = f" · {calls[0].crm}" if len(calls) == 1 and calls[0].crm else ""
    yield Row((*(lines or [("No call is named yet",)])[0], crm), Button(showing.DETAILS, "Details", case.matter.id))
    if facts := tuple(_customer_facts(case, reader)) if case.matter.state != "withdrawn" else ():
        yield Facts(facts)
    if words := phrases.join_sentences(_warning_parts(case, reader)):
        yield Line(words, Sign.ALARM)
    yield from (Said(one.label, phrases.one_line(one.words)) for one in _remark_parts(case, reader, whole=False))
    if case.matter.state == "stuck":
        yield from _turn_parts(case, reader)


def customer_lists(ctx: Context) -> Lists:
    """List the requests that this person must answer or phone about; others they have a card of are behind Manage."""
    return {
        "waiting": lambda: _customer_list(ctx, "To do", waiting=True),
        "customers": lambda: _customer_list(ctx, "Customers’ requests", waiting=False),
    }


def _customer_list(ctx: Context, heading: str, *, waiting: bool) -> Rows:
    those = ctx.store.matters.held_by(CustomerRequest, ctx.me.id, waiting=waiting)
    those += ctx.store.customers.to_phone(ctx.me.id) if waiting else []
    return drawn_list(heading, those, partial(_customer_rows, ctx), "to do" if waiting else "")


def _customer_rows(ctx: Context, those: Sequence[CustomerRequest]) -> list[Row]:
    ids = [one.id for one in those]
    calls, letters = ctx.store.recordings.of_requests(ids), ctx.store.customers.letters(ids)
    given = {
        one.id: state.read_already(one, state.read_details(ctx, one), calls[one.id], letters=letters[one.id])
        for one in those
    }
    return [_customer_row(one, ctx.me.id) for one in CustomerCase.of_all(ctx, those, given)]


def mask_address(address: str) -> str:
    """Mask an address: keep its first letter and the end of its domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@•••.{domain.rpartition('.')[2]}"


def release_cautions(case: CustomerCase) -> tuple[str, ...]:
    """Return what should be known before the request is released; nothing is refused for it."""
    if case.known is None:
        return ()
    return (*(() if case.recordings else (NO_CALL,)), *((SHARED,) if case.known.shared else ()))


def hidden_audio_cautions(case: CustomerCase) -> tuple[str, ...]:
    """Warn the releaser of hidden audio, since a refusal would otherwise claim that there is none."""
    cautions = []
    for words, going in ((LOCKED, False), (GOING, True)):
        calls = [one for one in case.locked if (one.state == "closed") is going]
        days = dict.fromkeys(
            phrases.moment_words(one.started, phrases.line_words(one.line, case.policy)[1], case.now) for one in calls
        )
        cautions += [words.format(days=phrases.list_words(list(days), "and"))] if days else []
    return tuple(cautions)


def unsent_cautions(case: CustomerCase) -> tuple[str, ...]:
    """Warn the releaser if some of the calls are locked, so that only the others are sent."""
    locked, calls = sum(one.state == "declined" for one in case.recordings), len(case.recordings)
    return (
        (UNSENT.format(locked=locked, calls=calls, are="is" if locked == 1 else "are"),) if 0 < locked < calls else ()
    )


def _customer_title(case: CustomerCase, reader: int) -> str:
    """Return who asks for which calls; the name only for readers who may see it."""
    named = case.known is not None and case.shows_names_to(reader)
    known, who = case.known, "A colleague" if case.matter.asker == "operator" else "A customer"
    who = known.name if known is not None and named else who
    asks = "asks" if case.matter.is_open else "asked"
    if known is not None and known.number:
        return f"{who} {asks} for all calls with {phrases.masked_number(known.number)} ({len(case.recordings)})"
    return f"{who} {asks} for {phrases.which_calls(case.recordings, case.policy, case.now) if case.recordings else 'a call'}"


def _customer_state(case: CustomerCase, reader: int) -> str:
    """Return the request's state in a few words: the answer's progress, or whose turn it is and by when."""
    request = case.matter
    if request.state == "answered":
        if request.outcome == "refused":
            return "refused, and the customer told"
        return "a number for you to allow" if case.is_asked_for_number(reader) else _delivery_progress(case)[0]
    if request.state != "waiting":
        return STATES[request.state]
    if case.question is not None:
        return f"question from {case.name_of(case.question.by, reader)}"
    if case.still_needs:
        return f"waiting for the customer, {case.due_words}"
    return case.due_words if case.may_release(reader) else f"waiting for {_decider_names(case)}, {case.due_words}"


def _decider_names(case: CustomerCase) -> str:
    """Name the people who are asked to release the request."""
    asked = (one.person_id for one in case.approvers if case.entitles(one.person_id))
    names = list(dict.fromkeys(case.people[one].name for one in asked))
    return phrases.list_words(names or ["a releaser"], "or")


def _outcome_parts(case: CustomerCase, *, whole: bool) -> Iterator[Part]:
    """Yield the outcome, who decided it, and whether its day was missed."""
    request, known = case.matter, case.known
    if known is None:
        at = (
            ("were erased ", _shown_time(case, case.gone_at), ", as the policy says.")
            if case.gone_at
            else ("are gone.",)
        )
        yield Line(("The customer’s details, and everything written about the request, ", *at))
    if request.state == "withdrawn" and request.closed_at is not None:
        wrote = [one.by for one in known.remarks if one.kind == "withdrawn"] if known else []
        withdrawn = f"Withdrawn, recorded by {case.name_of(wrote[-1])} " if wrote else "Withdrawn "
        yield Line((withdrawn, _shown_time(case, request.closed_at, brief=not whole), "."))
    if request.outcome and request.decided_at is not None and whole:
        role = f" ({request.decided_as})" if request.decided_as else ""
        decided = f"{request.outcome.capitalize()} by {case.name_of(request.decided_by)}{role}, "
        yield Line((decided, _shown_time(case, request.decided_at), "."))
    if request.refusal:
        reason = case.policy.customers.refusals.get(request.refusal, request.refusal)
        yield Said("The reason, as the customer reads it", reason)
    if request.answered_at is not None:
        yield Line(_delivery_progress(case, brief=not whole)[1])
    if request.missed_at is not None:
        missed = When(request.missed_at, promised_due(request).zone, case.now)
        yield Line(("It missed its deadline, ", missed, ". That stays on record."), Sign.ALARM)


def _delivery_progress(case: CustomerCase, *, brief: bool = True) -> tuple[str, tuple[str | When, ...]]:
    """Return how far the answer came, in a word and in full: sent → opened → heard."""
    shown = partial(_shown_time, case, brief=brief)
    letter, refused = next((one for one in case.letters if one.link), None), case.matter.outcome == "refused"
    newest = letter.settled_at if letter and letter.state == "accepted" and not refused else None
    steps: list[str | When] = ["Sent ", shown(newest or case.matter.answered_at or case.now)]
    if letter is None or refused:
        return "sent", (*steps, ".")
    heard = min((one.at for one in case.listenings if one.letter_id == letter.id), default=letter.fetched_at)
    if letter.opened_at is None and letter is not case.link:
        return "the link expired unopened", (*steps, ". The link expired and was never opened.")
    if letter.opened_at is None:
        return "sent", (*steps, " → not opened yet. The link works until ", shown(letter.ends_at), ".")
    steps += [" → opened ", shown(letter.opened_at)]
    if heard is None:
        return "opened", (*steps, " → not heard yet.")
    return "heard", (*steps, " → heard ", shown(heard), ".")


def _customer_facts(case: CustomerCase, reader: int) -> Iterator[Fact]:
    """Yield what a releaser confirms: who asks, their identity, their authority and the address."""
    request, known = case.matter, case.known
    if request.asker != "customer":
        yield "Asked by", next(one.label for one in ASKERS if one.value == request.asker)
    if known is None:
        return
    if request.is_open:
        yield "Identity", _identity_words(case, known.identified)
    named = case.shows_names_to(reader)
    if known.authority:
        yield "Authority", known.authority if named else "shown by a letter"
    address = known.address if named or not known.address else mask_address(known.address)
    yield "E-mail to", address or "No address yet"


def _identity_words(case: CustomerCase, found: IdentityCheck | None) -> str:
    """Say how the person who asks was identified, and by whom."""
    if found is None:
        return "Not checked yet"
    if found.check == COLLEAGUE:
        return "A colleague, known to us"
    how = case.policy.customers.identity_checks.get(found.check, found.check.replace("_", " "))
    return f"{how} · {case.name_of(found.by)}"


def _detail_facts(case: CustomerCase) -> Iterator[Fact]:
    """Yield facts for Details. Only these count the days left, since a card in a chat isn't redrawn each day."""
    request, due = case.matter, promised_due(case.matter)
    first = case.known.first() if case.known else Receipt(at=request.received_at, told_at=request.asked_at, by=0)
    times = f" of {len(case.known.receipts)} times" if case.known and len(case.known.receipts) > 1 else ""
    yield f"First asked{times}", _receipt_time(case, first)
    left = _days_left_words(case) if request.is_open or request.state in ON_ITS_WAY else ""
    yield "Due", When(due.at, due.zone, case.now, left)
    yield "Filed", (f"{case.name_of(request.filed_by)}, ", When(request.asked_at, now=case.now))
    if case.known and (found := case.known.identified):
        yield "Identified", When(found.at, now=case.now)


def _history_parts(case: CustomerCase) -> Iterator[Part]:
    """Yield the history for Details: each time they asked, passcode calls, what was heard or fetched, and how the day
    was counted.
    """
    known = case.known
    for one in known.receipts if known and len(known.receipts) > 1 else ():
        wrote = f", recorded by {case.name_of(one.by)} "
        yield Line(("Asked ", _receipt_time(case, one), wrote, When(one.told_at, now=case.now), "."))
    on_calls = {phrases.masked_number(one.caller) for one in case.recordings}
    for rung in known.rung if known else ():
        other = "" if rung.on_call else f", which {case.name_of(rung.allowed_by)} allowed"
        number = phrases.masked_number(rung.number)
        if not rung.on_call and number in on_calls:
            number = f"a different number that also ends in {rung.number[-3:]}"
        yield Line((f"Passcode read to {number}{other}, by {case.name_of(rung.by)}, ", _shown_time(case, rung.at), "."))
    for call in case.recordings:
        mine = [one for one in case.listenings if one.recording_id == call.id]
        for kind, what in (("played", "Heard"), ("downloaded", "Downloaded")):
            if times := [one.at for one in mine if one.kind == kind]:
                began = When(call.started, phrases.line_words(call.line, case.policy)[1], case.now)
                often = f"{what} {phrases.quantity_words(len(times), 'time')}, last "
                yield Line((often, _shown_time(case, max(times)), ": call of ", began))
    due = promised_due(case.matter)
    yield Line(phrases.sum_words(due, case.now))
    if words := phrases.holiday_caution(due):
        yield Small(words)


def _receipt_time(case: CustomerCase, one: Receipt) -> str | When:
    """Return when the customer asked: the day alone if no time was given."""
    return phrases.day_words(one.day, case.policy.company_day(case.now)) if one.day else _shown_time(case, one.at)


def _remark_parts(case: CustomerCase, reader: int, *, whole: bool) -> Iterator[Said]:
    """Yield the last remark for a reader who may see it; all of them in Details."""
    if case.known is None or not case.shows_names_to(reader):
        return
    for one in case.known.remarks if whole else case.known.remarks[-1:]:
        who = "you" if one.by == reader else case.name_of(one.by)
        yield Said(LABELS.get(one.kind, "{who}").format(who=who), one.words)


def _warning_parts(case: CustomerCase, reader: int) -> tuple[str, ...]:
    """Return warnings while there is something to decide.

    A hold stops nothing (P8), and people it concerns mustn't learn of it (P12).
    """
    if not case.matter.is_open:
        return ()
    others = (*unsent_cautions(case), *((BESIDE.format(others=", ".join(case.beside)),) if case.beside else ()))
    for_releaser = (
        (*hidden_audio_cautions(case), *others, *_own_address_cautions(case)) if case.may_release(reader) else ()
    )
    return (*release_cautions(case), *for_releaser)


def _own_address_cautions(case: CustomerCase) -> Iterator[str]:
    """Warn that the mail may go to a private address of the filer, or of a person on a call."""
    if case.known is None or case.matter.asker == "operator":
        return
    filer = case.people[case.matter.filed_by]
    on_calls = [(one.operator_name, one.operator_key) for one in case.recordings if case.matter.asker != "former"]
    theirs = {**dict.fromkeys(on_calls, "was on the call"), (filer.name, filer.email_key): "filed this"}
    for (name, key), part in theirs.items():
        if customer_names.looks_like_theirs(case.known.address, name, key):
            yield OWN.format(name=name.strip() or "a colleague", part=part)


def _turn_parts(case: CustomerCase, reader: int) -> Iterator[Part]:
    """Yield whose turn it is, and what they have to do."""
    if case.matter.state == "stuck":
        yield Line(f"No one may release it at the moment. {who_was_told(case)}".strip(), Sign.ALARM)
    elif case.still_needs:
        yield Line(f"The customer still has {case.still_needs}.")
    elif case.matter.is_open:
        yield Line(CONFIRM if case.may_release(reader) else f"Next, {_decider_names(case)} confirms it.")


def _days_left_words(case: CustomerCase) -> str:
    """Return how many working days are left until the due day."""
    calendar = working_days.calendar_of(case.policy, reminding.line_of(case.policy, case.matter))
    return customers.left_words(calendar, promised_due(case.matter).at, case.now)


def _shown_time(case: CustomerCase, at: datetime, *, brief: bool = False) -> When:
    """Return a moment to be drawn for the reader, with the local time of the request's line beside it."""
    return When(at, phrases.line_words(case.matter.line, case.policy)[1], case.now, brief=brief)


def _customer_row(case: CustomerCase, reader: int) -> Row:
    """Return the request's row at home: who asks for which calls or is to be phoned, and the due day or the link's end."""
    request, due, link, title = case.matter, promised_due(case.matter), case.link, _customer_title(case, reader)
    until = ("due ", When(due.at, due.zone, case.now, _days_left_words(case)))
    sign, mine = SIGNS[request.state], case.may_release(reader) and not case.still_needs
    if request.state == "answered" and link is not None:
        until = ("the link works until ", When(link.ends_at, due.zone, case.now))
        if mine and not link.opened_at:
            sign, title = Sign.WAITING, f"{title} · read out the passcode by phone"
    crm = case.recordings[0].crm if case.recordings else ""
    button = Button("details", "Details", request.id, "primary" if mine else "plain", hint=request.id)
    return Row(f"{sign} {title}", button, (f"{crm} · " if crm else "", *until, f" · {request.id}"))


def _action_parts(case: CustomerCase, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """Return what this reader may do now: the usual first, three at most unless it is the whole of the card."""
    found = tuple(_customer_buttons(case, reader)) if case.known is not None else ()
    if not whole and _delivery_progress(case)[0] == "heard":  # who needs another passcode gets it in Details
        found = tuple(one for one in found if one.action != "customer_passcode")
    return (Actions(found if whole else found[:PLACES]),) if found else ()


def _customer_buttons(case: CustomerCase, reader: int) -> Iterator[Button]:
    """Yield the buttons of this reader, the usual first."""
    request = case.matter
    if case.may_release(reader):
        yield from _releaser_buttons(case, reader)
    elif reader in case.everybody() and request.is_open:
        if case.question is not None:
            yield Button("customer_answer", "Answer", request.id, "primary")
        yield from _identify_buttons(case)
    if reader in case.everybody():
        if request.is_open:
            label = "Another address" if case.known and case.known.address else customers.ADD_ADDRESS
            yield Button("customer_address", label, request.id)
        if request.is_open or request.state in ON_ITS_WAY or (request.state == "answered" and case.link is not None):
            yield Button("customer_withdraw", "Withdraw", request.id)


def _releaser_buttons(case: CustomerCase, reader: int) -> Iterator[Button]:
    """Yield a releaser's buttons for the request's state."""
    request, shown = case.matter, f"{case.matter.id}:{case.shown_mark}"
    reopens = REOPENS.format(due=case.due_words)
    bounced = Button("customer_bounced", "It bounced", request.id, confirm=reopens)
    match request.state:
        case "waiting":
            yield from _identify_buttons(case)
            if not case.missing:
                yield Button("customer_release", "Release", shown, "primary")
            yield Button("customer_refuse", "Refuse", shown, "danger")
            yield Button("customer_question", "Ask a question", request.id)
        case "unknown":
            yield Button("customer_send_again", "Send again", request.id, "primary", confirm=TWICE)
            yield Button("customer_arrived", "It arrived", request.id)
            yield bounced
        case "answered":
            if case.is_asked_for_number(reader):
                yield Button("customer_allow_number", "Allow this number", request.id, "primary")
            if case.needs_new_link:
                yield Button("customer_new_link", "Send a new link", shown, "primary", confirm=ONCE_MORE)
            elif case.link is not None:
                yield Button("customer_passcode", "Passcode", request.id, "primary")
            mailed = next((one for one in case.letters if one.state in ("accepted", "unknown")), None)
            if mailed is None:  # the customer was told without mail
                return
            if mailed.opened_at is None:
                yield bounced
            yield Button("customer_wrong_address", "Wrong address", request.id, "danger", confirm=reopens)


def _identify_buttons(case: CustomerCase) -> Iterator[Button]:
    """Yield Identified while the asker's identity wasn't checked."""
    if case.known is not None and case.known.identified is None:
        yield Button("customer_identity", "Identified", case.matter.id, "primary")

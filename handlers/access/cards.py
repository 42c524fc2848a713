"""What people see of a request for access, in every state (P7, P9)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from handlers import phrases
from handlers.access import forms, waiting
from handlers.access.asking import promised_schedule
from handlers.access.state import RequestCase
from handlers.cards import Actions, Button, Card, Facts, Line, Part, Row, Said, Sign, Small, Title, When, Words
from handlers.policy import Policy
from handlers.rules.access import compact_reference, grant_until
from storage.records import Person, Recording, Remark, Request

WITHDRAWN = "This closes your request. You can ask again at any time."
GIVEN_BACK = "This ends your access. You can ask again at any time."
OUTCOME = {"approved": "approved", "denied": "denied", "withdrawn": "withdrawn", "lapsed": "lapsed"}


MOST = 4
"""Parts between the first line and the buttons of a card in the chat; the others are in Details."""


def request_card(case: RequestCase, reader: int, *, whole: bool = False) -> Card:
    """Return the card for the requester, an approver or someone who is only told; `whole` as Details shows it."""
    body = _whole_parts(case, reader) if whole else islice(_short_parts(case, reader), MOST)
    sign = Sign.WAITING if case.extends(reader) else phrases.SIGNS[case.phase]
    state = "" if _title_tells_outcome(case, reader) else _request_state(case, reader)
    title = Title(sign, _request_title(case, reader), state)
    first = () if whole else (*waiting.silence_words(case, reader), *_closed_words(case))
    last = phrases.join_sentences((*first, *(("·",) if first else ()), case.small))
    return Card((title, *body, *_request_buttons(case, reader), Small(last)), _request_summary(case, reader))


def _short_parts(case: RequestCase, reader: int) -> Iterator[Part]:
    """Yield the body of the card in the chat: the call, then what matters most to this reader now."""
    request, said = case.matter, case.written
    deciding = case.asks(reader) and request.state == "waiting"
    first, card = case.recordings[0], (_request_title(case, reader), len(case.recordings) - 1)
    told = phrases.call_line(first, case.policy, case.now, case.erased.get(first.id), card)
    yield Row(told, Button("details", "Details", request.id))
    if words := said.purpose if deciding else said.decision:
        yield Said("", phrases.one_line(words))
    if deciding and case.investigation:
        also = _concerned_fact(case, reader) or (("Other listeners", said.audience),)
        legal = " · ".join(filter(None, (said.legal_matter, said.basis)))
        yield Facts(tuple(one for one in (("Legal matter", legal), *also) if one[1]))
    if cautions := caution_lines(case, reader):
        yield Line(phrases.join_sentences(one.words for one in cautions), Sign.ALARM)
    remarks = request.remarks if request.state == "waiting" and not case.gone else ()
    for place, one in enumerate(remarks, 1):
        if (one.kind == "passed_on" and deciding) or (place == len(remarks) and reader != one.person_id):
            yield Said(_remark_label(case, one, reader), phrases.one_line(said.remarks[one.id]))
    yield from (*early_erasure_lines(case, reader), *waiting.turn_lines(case, reader))
    if deciding and case.history:
        yield Line(_asked_before(case, whole=False))


def _whole_parts(case: RequestCase, reader: int) -> Iterator[Part]:
    """Yield the body of the card in Details: outcome, facts, every call, all words, cautions and what comes next."""
    yield from _outcome_lines(case, reader)
    yield Facts((*_access_facts(case, reader), *_request_facts(case, reader)))
    if case.asks(reader) and case.matter.state == "waiting":
        yield Line(_asked_before(case, whole=True))
    for one in case.recordings:
        yield Line(phrases.call_line(one, case.policy, case.now, case.erased.get(one.id)))
    yield from (*_purpose_parts(case, reader), *_remark_parts(case, reader), *caution_lines(case, reader))
    yield from (*early_erasure_lines(case, reader, whole=True), *waiting.turn_lines(case, reader, whole=True))
    yield from waiting.next_lines(case, reader)


def question_words(case: RequestCase, reader: int) -> str:
    """Return the question shown above the field of the answer form; empty for anyone but the person who was asked."""
    asked = case.question
    if asked is None or reader != case.matter.requester_id:
        return ""
    return f"{case.name_of(asked.person_id)} asks:\n{case.written.remarks.get(asked.id, '')}"


def already_decided_words(case: RequestCase, me: Person) -> str:
    """Tell a person why their press came too late."""
    request = case.matter
    if request.state == "stuck":
        return "No one may decide this request."
    if request.closed_at is None:
        return "This request is still waiting."
    when = phrases.moment_words(request.closed_at, me.zone, case.now)
    if request.state == "lapsed":
        return f"No one decided this request in time, so it lapsed on {when}."
    return f"This request was already {OUTCOME[request.state]} by {case.name_of(request.decided_by, me.id)} on {when}."


def already_ended_words(case: RequestCase, me: Person) -> str:
    """Tell a person why their withdrawal came too late."""
    grant = case.grant
    if grant is None or grant.ended_by is None or grant.ended_at is None:
        return "This access has ended." if grant else already_decided_words(case, me)
    when = phrases.moment_words(grant.ended_at, me.zone, case.now)
    return f"This access was already withdrawn by {case.name_of(grant.ended_by, me.id)} on {when}."


def _request_title(case: RequestCase, reader: int) -> str:
    """Return the title: “Anna Quill wants to hear Sunday’s call with •••• 156 (complaint, CS-10442)”; once it is decided,
    “You approved Anna Quill’s request for Sunday’s call with •••• 156”.
    """
    if _title_tells_outcome(case, reader):
        who = phrases.capitalise(case.name_of(case.matter.decided_by, reader))
        mine = reader == case.matter.requester_id
        whose = "your request:" if mine else f"{case.requester.name}’s request for"
        return f"{who} {case.phase} {whose} {phrases.which_calls(case.recordings, case.policy, case.now)}"
    wants = "wants to hear" if case.matter.is_open else "asked to hear"
    wants = "wants more time for" if case.extends(reader) else wants
    who = "You asked to hear" if reader == case.matter.requester_id else f"{case.requester.name} {wants}"
    return f"{who} {calls_and_reason(case.matter, case.recordings, case.policy, case.now)}"


def _title_tells_outcome(case: RequestCase, reader: int) -> bool:
    """Return True if the title says who decided the request, so that no state need follow."""
    return case.phase in ("approved", "denied") and not case.extends(reader)


def calls_and_reason(request: Request, calls: Sequence[Recording], policy: Policy, now: datetime) -> str:
    """Return which calls are asked for and why: “Sunday’s call with •••• 156 (complaint, CS-10442)”."""
    why = ", ".join(filter(None, (request.reason.replace("_", " "), request.crm)))
    return f"{phrases.which_calls(calls, policy, now)} ({why})"


def _request_state(case: RequestCase, reader: int) -> str:
    """Return the request's state in a few words, as this reader should read it; empty if the title and buttons tell it."""
    mine = reader == case.matter.requester_id
    match case.phase:
        case "waiting" if case.question:
            return "a question for you" if mine else f"waiting for an answer from {case.requester.name}"
        case "waiting":
            return f"waiting for {case.asked_names}" if mine or not case.asks(reader) else ""
        case "stuck":
            return "no one may decide it"
        case "withdrawn":
            return "withdrawn" if case.grant is None else "access withdrawn"
        case "ended":
            return "access has ended"
        case "lapsed":
            return "lapsed"
        case "approved" if case.extends(reader):
            return ""
        case outcome:
            return f"{outcome} by {case.name_of(case.matter.decided_by, reader)}"


def _outcome_lines(case: RequestCase, reader: int) -> tuple[Part, ...]:
    """Say who decided the request, in which role, when and why; nothing while it is open."""
    request = case.matter
    if request.closed_at is None:
        return ()
    who = f" by {case.name_of(request.decided_by, reader)}" if request.state != "lapsed" else ""
    role = f" ({request.decided_as})" if request.decided_as else ""
    # A line and no fact: with a role it is too long for half the width of a phone.
    line = Line((f"{OUTCOME[request.state].capitalize()}{who}{role}, ", When(request.closed_at, now=case.now)))
    return (line, *((Said("Why", case.written.decision),) if case.written.decision else ()))


def _closed_words(case: RequestCase) -> tuple[Words, ...]:
    """Return the outcome and its moment for the card's last line; nothing while the request is open."""
    request = case.matter
    if request.closed_at is None:
        return ()
    return ((f"{OUTCOME[request.state].capitalize()} ", When(request.closed_at, now=case.now, brief=True)),)


def _access_facts(case: RequestCase, reader: int) -> tuple[tuple[str, Words], ...]:
    """Say until when there is access, or how it ended; nothing without a grant."""
    grant = case.grant
    if grant is None:
        return ()
    if grant.ended_at is not None:
        how = "ended" if grant.ended_by is None else f"withdrawn by {case.name_of(grant.ended_by, reader)}"
        return ((f"Access {how}", When(grant.ended_at, now=case.now)),)
    if not case.access_open:
        return (("Access ended", When(grant.ends_at, now=case.now)),)
    return (("Access until", When(grant.ends_at, now=case.now)),)


def _request_facts(case: RequestCase, reader: int) -> tuple[tuple[str, Words], ...]:
    """Return the facts for Details: who asks, why, for whom and when."""
    request = case.matter
    rows: list[tuple[str, Words]] = []
    if reader != request.requester_id:
        rows.append(("Asked by", case.requester.name))
    rows.append(("Reason", phrases.reason_words(case.policy, request)))
    if case.investigation and not case.gone:
        said = case.written
        rows += [("Matter", said.legal_matter), ("Legal basis", said.basis), ("Who else will hear it", said.audience)]
    rows += _concerned_fact(case, reader)
    if request.crm:  # it is wiped with the audio of the call that has it
        rows.append(("CRM reference", request.crm))
    known = promised_schedule(request) if request.is_open else None
    if known is None or known.promise.received != request.asked_at:  # else it is said with how the last day was counted
        rows.append(("Asked", When(request.asked_at, now=case.now)))
    return tuple(rows)


def _concerned_fact(case: RequestCase, reader: int) -> tuple[tuple[str, Words], ...]:
    """Name the people whom the request concerns, to its requester and approvers only."""
    if not case.matter.concerned or not (reader == case.matter.requester_id or case.asks(reader)):
        return ()
    return (("Concerns", ", ".join(case.people[one].name for one in case.matter.concerned)),)


def _asked_before(case: RequestCase, *, whole: bool) -> str:
    """Tell an approver what else this person asked of them lately, what became of it, and in Details what it was for."""
    who, days = case.requester.name, case.policy.access.history_days
    if not case.history:
        return f"{who} has sent you no other requests in the last {days} days."
    by_state: dict[str, int] = {}
    for other in case.history:
        # For the approver, a stuck request is still waiting: it has no outcome yet.
        state = "waiting" if other.state == "stuck" else other.state
        by_state[state] = by_state.get(state, 0) + 1
    states = ", ".join(f"{number} {state}" for state, number in sorted(by_state.items()))
    reasons = dict.fromkeys(phrases.reason_words(case.policy, other) for other in case.history)
    few = f" For: {'; '.join(list(reasons)[:3])}" if whole else ""
    return f"{who} sent you {phrases.quantity_words(len(case.history), 'other request')} in the last {days} days: {states}.{few}"


def _purpose_parts(case: RequestCase, reader: int) -> tuple[Part, ...]:
    """Say what the request is for, or when its words were erased."""
    if case.gone_at is not None:
        return (Line(("What was written here was erased ", When(case.gone_at, now=case.now), ", as the policy says.")),)
    who = "You" if reader == case.matter.requester_id else case.requester.name
    answered = (Line(f"{forms.INVESTIGATION} {who} answered: No"),) if case.written.not_special else ()
    return (Said("What it is for", case.written.purpose), *answered)


def _remark_parts(case: RequestCase, reader: int) -> tuple[Part, ...]:
    """Return the last eight remarks; nothing once the words were erased."""
    if case.gone:
        return ()
    return tuple(
        Said(_remark_label(case, one, reader), case.written.remarks[one.id]) for one in case.matter.remarks[-8:]
    )


def _remark_label(case: RequestCase, remark: Remark, reader: int) -> str:
    """Return the label of a remark: who wrote it, and whether it asks, answers or passes on."""
    if remark.kind == "passed_on":
        who = "You" if remark.person_id == reader else case.name_of(remark.person_id)
        return f"{who} passed it on, because"
    kind = remark.kind
    if remark.person_id == reader:
        return f"Your {kind}"
    return f"{kind.capitalize()} from {case.name_of(remark.person_id)}"


def _request_buttons(case: RequestCase, reader: int) -> tuple[Part, ...]:
    """Return the buttons that this reader has in the request's present state."""
    request = case.matter
    mine = reader == request.requester_id
    withdraw = Button("withdraw", "Withdraw", request.id, confirm=WITHDRAWN)
    give_back = replace(withdraw, confirm=GIVEN_BACK)
    again = Button("again", "Ask again", request.id)
    nudge = (Button("nudge", "Nudge", request.id),) if case.may_nudge and not case.out_of_reach else ()
    match case.phase:
        case "waiting" if mine:
            answer = (Button("answer", "Answer", request.id, "primary"),) if case.question else nudge
            return (Actions((*answer, withdraw)),)
        case "stuck" if mine:
            return (Actions((withdraw,)),)
        case "approved" if mine:
            listen = Button("listen", "Listen", request.id, "primary", hint=phrases.BROWSER)
            ask = case.more_decider and not case.wants_more and not request.more_denied
            more = (Button("more_time", "More time", request.id),) if ask else nudge
            return (Actions((listen, *more, give_back) if case.audible else (give_back,)),)
        case "approved" if case.extends(reader):
            extend, keep = Button("extend", "Approve", request.id, "primary"), Button("keep_end", "Deny", request.id)
            return (Actions((keep,) if case.out_of_reach else (extend, keep)),)
        case "denied" | "withdrawn" | "ended" | "lapsed" if mine and case.askable and not request.asked_again:
            return (Actions((again,)),)
        case "waiting" if case.asks(reader):
            approve = () if case.out_of_reach else (Button("approve", "Approve", request.id, "primary"),)
            deny = Button("deny", "Deny", request.id, "danger")
            return (Actions((*approve, deny, Button("question", "Ask a question", request.id))),)
        case _:
            return ()


def _request_summary(case: RequestCase, reader: int) -> str:
    """Return the text for lock screens: who, and what to do; without number, reason or purpose."""
    state = _request_state(case, reader)
    if case.extends(reader):
        return f"{case.requester.name} is asking you for more time."
    if reader == case.matter.requester_id:
        if case.phase == "waiting" and case.question:
            return f"{case.name_of(case.question.person_id)} has a question about your request."
        return f"Your request to hear a call: {state}."
    if case.phase == "waiting" and case.asks(reader) and not case.question:
        return f"{case.requester.name} is asking to hear a call."
    return f"{case.requester.name}’s request to hear a call: {state}."


def caution_lines(case: RequestCase, reader: int) -> tuple[Line, ...]:
    """Return what a reader should know before the request is decided; the requester is told only of a wrong reference (P3, P7, P9)."""
    if case.decides(reader) and case.out_of_reach:
        return (Line(case.out_of_reach.sentence, Sign.ALARM),)
    if case.matter.state != "waiting":
        return ()
    to_decide = _cautions_to_decide(case) if case.asks(reader) else ()
    both = case.asks(reader) or reader == case.matter.requester_id
    return tuple(Line(words, Sign.ALARM) for words in (*to_decide, *(_reference_cautions(case) if both else ())))


def _cautions_to_decide(case: RequestCase) -> Iterator[str]:
    """Yield what only an approver is told: about the reason, the kind of request and the announcement."""
    reason = case.policy.reasons.get(case.matter.reason)
    if reason is None:
        yield "The policy no longer has this reason. You may still approve."
    elif not reason.announced:
        yield "Callers aren’t told this reason."
    if case.written.not_special:
        head = case.policy.role("head_of_customer_success").title
        yield f"This sounds like an investigation or a legal claim. If it is, deny it and ask for it to be filed as one: the {head} decides those (P9)."
    if case.unannounced:
        are = "is" if case.unannounced == 1 else "are"
        yield f"{_which_calls(case, case.unannounced)} {are} from a time when the announcement was down."


def early_erasure_lines(case: RequestCase, reader: int, *, whole: bool = False) -> tuple[Line, ...]:
    """P12: warn of calls that are erased before access ends, to its holder and to the person who may extend it."""
    access_ends = _access_end(case, reader, whole=whole)
    if access_ends is None:
        return ()
    audible = (one for one in case.recordings if one.state in ("present", "closed") and case.hears(one))
    goes_at = {one.id: case.kept.get(one.id, one.erase_at) for one in audible}
    moments = {number: at for number, at in goes_at.items() if at is not None and case.now < at < access_ends}
    if not moments:
        return ()
    first = min((one for one in case.recordings if one.id in moments), key=lambda one: moments[one.id])
    goes = "is erased " if len(moments) == 1 else "are erased, the first "
    words = (
        f"{_which_calls(case, len(moments))} {goes}",
        When(moments[first.id], phrases.line_words(first.line, case.policy)[1], case.now),
        ", before this access ends." if case.extends(reader) else ", and can be heard until then.",
    )
    return (Line(words, Sign.ALARM),)


def _access_end(case: RequestCase, reader: int, *, whole: bool) -> datetime | None:
    """Return when the reader's access ends, or the longest that the reader may give from here; None for anyone else."""
    grant, offered = case.grant, case.policy.access
    if grant is None or not case.access_open:
        return None
    if case.extends(reader):
        return grant_until(case.policy, grant.ends_at, str(max(offered.days)) if whole else "")
    return grant.ends_at if reader == case.matter.requester_id else None


def _which_calls(case: RequestCase, number: int) -> str:
    """Name so many of the request's calls, at the start of a sentence."""
    if len(case.recordings) == 1:
        return "This call"
    return "One of these calls" if number == 1 else f"{number} of these calls"


def _reference_cautions(case: RequestCase) -> tuple[str, ...]:
    """Warn if the reference isn't the calls' own; it may be right, since a complaint has its own."""
    own = list(dict.fromkeys(one.crm for one in case.recordings if one.crm))
    if not own or compact_reference(case.matter.crm) in map(compact_reference, own):
        return ()
    named = own[0] if len(own) == 1 else f"{own[0]} and {len(own) - 1} more"
    which = "this call" if len(case.recordings) == 1 else "these calls"
    return (f"{case.matter.crm} is not the CRM reference of {which} ({named}).",)

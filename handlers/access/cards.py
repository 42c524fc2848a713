"""What people see of a request for access, in every state (P7, P9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.access.forms import INVESTIGATION
from handlers.access.state import View
from handlers.access.waiting import turn
from handlers.cards import Actions, Button, Card, Facts, Line, Part, Said, Sign, Small, Title, When, Words
from handlers.rules.deadlines import LATE
from handlers.rules.reasons import compact
from handlers.words import BROWSER, SIGNS, call_line, counted, line_words, moment_words, reason_words
from storage.records import Person, Recording, Remark

WITHDRAWN = "Your request will be closed, and no one will be asked about it any more. You can ask again at any time."
GIVEN_BACK = "You will no longer be able to hear these calls. To hear them later, you have to ask again."
ENDED_BECAUSE = {
    "gone": "because the calls are gone", "erased": "because the calls were erased",
    "all_ended": "because all access to calls was ended",
}  # fmt: skip
OUTCOME = {"approved": "approved", "denied": "denied", "withdrawn": "withdrawn", "lapsed": "lapsed"}


def card(view: View, reader: int) -> Card:
    """The card of a request for one reader: the requester, an approver, or somebody who is only told."""
    return Card(
        (
            Title(SIGNS[view.phase], _what(view), _state(view, reader)),
            *_outcome(view, reader),
            Facts((*_access(view, reader), *_facts(view, reader))),
            *_history(view, reader),
            *_calls(view),
            *_words(view, reader),
            *_remarks(view, reader),
            *changes(view),
            *cautions(view, reader),
            *sooner(view, reader),
            *turn(view, reader),
            *_buttons(view, reader),
            Small(_small(view, reader)),
        ),
        _summary(view, reader),
    )


def question_words(view: View, reader: int) -> str:
    """What stands above the field of the answer form: who asks what. Empty for everybody but the one who is asked."""
    asked = view.question
    if asked is None or reader != view.request.requester_id:
        return ""
    return f"{_name(view, asked.person_id)} asks:\n{view.written.remarks.get(asked.id, '')}"


def already(view: View, me: Person) -> str:
    """Why a click came too late, for whoever made it."""
    request = view.request
    if request.state == "stuck":
        return "No one may decide this request."
    if request.closed_at is None:
        return "This request is still waiting."
    when = moment_words(request.closed_at, me.zone, view.now)
    if request.state == "lapsed":
        return f"No one decided this request in time, so it lapsed on {when}. It can be asked for again."
    return f"This request was already {OUTCOME[request.state]} by {_you_or(view, request.decided_by, me)} on {when}."


def ended(view: View, me: Person) -> str:
    """Why a withdrawal came too late, for whoever made it."""
    grant = view.grant
    if grant is None or grant.ended_by is None or grant.ended_at is None:
        words = ENDED_BECAUSE.get(grant.ended_why, "by itself") if grant else ""
        return f"This access has ended {words}." if grant else already(view, me)
    when = moment_words(grant.ended_at, me.zone, view.now)
    return f"This access was already withdrawn by {_you_or(view, grant.ended_by, me)} on {when}."


def _you_or(view: View, person_id: int | None, me: Person) -> str:
    return "you" if person_id == me.id else _name(view, person_id)


def _what(view: View) -> str:
    return "Investigation request" if view.investigation else "Access request"


def _state(view: View, reader: int) -> str:
    mine = reader == view.request.requester_id
    match view.phase:
        case "waiting" if view.question:
            return "a question for you" if mine else f"waiting for an answer from {view.requester.name}"
        case "waiting":
            return f"waiting for {view.approver_names}" if mine or not view.asks(reader) else "waiting for you"
        case "stuck":
            return "no one may decide it"
        case "withdrawn" if view.grant is None:
            return "withdrawn"
        case "withdrawn":
            return "access withdrawn"
        case "ended":
            return "access has ended"
        case "lapsed":
            return "lapsed"
        case outcome:
            return f"{outcome} by {_by(view, view.request.decided_by, reader)}"


def _outcome(view: View, reader: int) -> tuple[Part, ...]:
    request = view.request
    if request.closed_at is None:
        return ()
    if request.state == "lapsed":
        return (Line(("No one decided it in time, so it lapsed ", _when(view, request.closed_at), _late(view))),)
    who = _by(view, request.decided_by, reader)
    role = f" ({request.decided_as})" if request.decided_as else ""
    # A line and no fact: with somebody's role it is too long for half the width of a phone.
    told = Line((f"{OUTCOME[request.state].capitalize()} by {who}{role}, ", _when(view, request.closed_at)))
    return (told, *((Said("Why", view.written.decision),) if view.written.decision else ()))


def _late(view: View) -> str:
    request = view.request
    late = request.closed_at and request.due_at and request.closed_at - request.due_at > LATE
    return ", later than it should have." if late else "."


def _access(view: View, reader: int) -> tuple[tuple[str, Words], ...]:
    grant = view.grant
    if grant is None:
        return ()
    if grant.ended_at is not None:
        how = "ended" if grant.ended_by is None else f"withdrawn by {_by(view, grant.ended_by, reader)}"
        return ((f"Access {how}", _when(view, grant.ended_at)),)
    if not view.access_open:
        return (("Access ended", _when(view, grant.ends_at)),)
    # “In 7 days” would be false tomorrow, and a card stays.
    days = (grant.ends_at - grant.starts_at).days
    left = f"{days} {'day' if days == 1 else 'days'} from the approval"
    return (("Access until", replace(_when(view, grant.ends_at), left=left)),)


def _facts(view: View, reader: int) -> tuple[tuple[str, Words], ...]:
    request = view.request
    rows: list[tuple[str, Words]] = []
    if reader != request.requester_id:
        rows.append(("Who asks", view.requester.name))
    rows.append(("Reason", reason_words(view.policy, request)))
    if view.investigation and not view.gone:
        said = view.written
        rows += [("Matter", said.legal_matter), ("Legal basis", said.basis), ("Who else will hear it", said.audience)]
    if view.concerned and (reader == request.requester_id or view.asks(reader)):
        rows.append(("Concerns", ", ".join(view.people[one.person_id].name for one in view.concerned)))
    if request.crm:  # with the last of its calls that goes with it
        rows.append(("CRM reference", request.crm))
    return (*rows, ("Asked", _when(view, request.asked_at)))


def _history(view: View, reader: int) -> tuple[Part, ...]:
    """What helps to decide, for as long as there is something to decide."""
    if not view.asks(reader) or view.request.state != "waiting":
        return ()
    return (Line(_asked_before(view)),)


def _asked_before(view: View) -> str:
    who, days = view.requester.name, view.policy.access.history_days
    if not view.history:
        return f"{who} has sent you no other requests in the last {days} days."
    by_state: dict[str, int] = {}
    for other in view.history:
        # That nobody may decide it is no outcome: for the approver it is still waiting.
        state = "waiting" if other.state == "stuck" else other.state
        by_state[state] = by_state.get(state, 0) + 1
    states = ", ".join(f"{number} {state}" for state, number in sorted(by_state.items()))
    reasons = dict.fromkeys(reason_words(view.policy, other) for other in view.history)
    few = "; ".join(list(reasons)[:3])
    return f"{who} sent you {counted(len(view.history), 'other request')} in the last {days} days: {states}. For: {few}"


def _calls(view: View) -> tuple[Part, ...]:
    return tuple(Line(call_line(one, view.policy, view.now, view.erased.get(one.id))) for one in view.recordings)


def _words(view: View, reader: int) -> tuple[Part, ...]:
    if view.gone_at is not None:
        return (Line(("What was written here was erased on ", _when(view, view.gone_at), ", as the policy says.")),)
    who = "You" if reader == view.request.requester_id else view.requester.name
    answered = (Line(f"{INVESTIGATION} {who} answered: No"),) if view.written.not_special else ()
    return (Said("What it is for", view.written.purpose), *answered)


def _remarks(view: View, reader: int) -> tuple[Part, ...]:
    if view.gone:
        return ()
    spoken = [one for one in view.remarks if one.kind != "passed_on"]
    shown = [one for one in view.remarks if one.kind == "passed_on" or one in spoken[-6:]]
    return tuple(Said(_remark_label(view, one, reader), view.written.remarks[one.id]) for one in shown)


def _remark_label(view: View, remark: Remark, reader: int) -> str:
    if remark.kind == "passed_on":
        who = "You" if remark.person_id == reader else _name(view, remark.person_id)
        return f"{who} passed it on, because"
    kind = remark.kind
    if remark.person_id == reader:
        return f"Your {kind}"
    return f"{kind.capitalize()} from {_name(view, remark.person_id)}"


def _buttons(view: View, reader: int) -> tuple[Part, ...]:
    request = view.request
    mine = reader == request.requester_id
    withdraw = Button("withdraw", "Withdraw", request.id, confirm=WITHDRAWN)
    give_back = replace(withdraw, confirm=GIVEN_BACK)
    again = Button("again", "Ask again", request.id)
    match view.phase:
        case "waiting" if mine and view.question:
            return (Actions((Button("answer", "Answer", request.id, "primary"), withdraw)),)
        case "waiting" | "stuck" if mine:
            return (Actions((withdraw,)),)
        case "approved" if mine:
            listen = Button("listen", "Listen", request.id, "primary", hint=BROWSER)
            return (Actions((listen, give_back) if view.audible else (give_back,)),)
        case "denied" | "withdrawn" | "ended" | "lapsed" if mine and view.askable:
            return (Actions((again,)),)
        case "waiting" if view.asks(reader):
            ask = Button("question", "Ask a question", request.id)
            return (
                Actions(
                    (
                        Button("approve", "Approve", request.id, "primary"),
                        Button("deny", "Deny", request.id, "danger"),
                        ask,
                    )
                ),
            )
        case _:
            return ()


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(dict.fromkeys(others))}" if others else ""
    return f"{view.request.id} · {view.clause}{seen}"


def _summary(view: View, reader: int) -> str:
    mine, request = reader == view.request.requester_id, view.request
    phase = view.phase
    if mine:
        return f"Your request {request.id}: {_state(view, reader)}."
    if phase == "waiting" and view.asks(reader) and not view.question:
        return f"{view.requester.name} asks you for access to a recording."
    return f"{view.requester.name}’s request {request.id}: {_state(view, reader)}."


def _when(view: View, at: datetime) -> When:
    return When(at, now=view.now)


def _by(view: View, person_id: int | None, reader: int) -> str:
    return "you" if person_id == reader else _name(view, person_id)


def _name(view: View, person_id: int | None) -> str:
    return view.people[person_id].name if person_id is not None and person_id in view.people else "the requester"


def changes(view: View) -> tuple[Part, ...]:
    """What a reader should know of how access ended."""
    if view.grant is None or view.grant.ended_why != "all_ended":
        return ()
    return (Line("All access to calls ended at once.", Sign.ALARM),)


def cautions(view: View, reader: int) -> tuple[Line, ...]:
    """What somebody should know before a request is decided (P3, P7, P9, P12)."""
    if view.request.state != "waiting":
        return ()
    asked = view.asks(reader)
    to_decide = (*_reason(view), *_special(view), *_announcement(view), *_past(view)) if asked else ()
    of_reference = _reference(view) if asked or reader == view.request.requester_id else ()
    return tuple(Line(words, Sign.ALARM) for words in (*to_decide, *of_reference))


def _reason(view: View) -> tuple[str, ...]:
    reason = view.policy.reasons.get(view.request.reason)
    if reason is None:
        return ("The policy no longer has this reason. You may still approve.",)
    if reason.announced:
        return ()
    return ("The announcement to callers does not name this reason. You may still approve.",)


def _special(view: View) -> tuple[str, ...]:
    if not view.written.not_special:
        return ()
    head = view.policy.role("head_of_customer_success").title
    return (
        f"This sounds like an investigation or a legal claim. If it is one, deny it and have it filed as one: the {head} decides those (P9).",
    )


def _announcement(view: View) -> tuple[str, ...]:
    known = [one for one in view.recordings if one.line in view.policy.lines]
    down = [one for one in known if view.policy.announcement_down(one.line, one.started)]
    if not down:
        return ()
    one = "This call is" if len(view.recordings) == 1 else "One of these calls is"
    which = one if len(down) == 1 else f"{len(down)} of these calls are"
    return (f"{which} from a time when the announcement was down.",)


def sooner(view: View, reader: int) -> tuple[Line, ...]:
    """P12: for whoever may hear them, the calls that end before the access does, also those that are kept for it alone."""
    grant = view.grant
    if grant is None or not view.access_open or reader != view.request.requester_id:
        return ()
    there = (one for one in view.recordings if one.state in ("present", "closed") and view.hears(one))
    ends = {one.id: view.kept.get(one.id, one.erase_at) for one in there}
    moments = {number: at for number, at in ends.items() if at is not None and view.now < at < grant.ends_at}
    if not moments:
        return ()
    first = min((one for one in view.recordings if one.id in moments), key=lambda one: moments[one.id])
    goes = "is erased " if len(moments) == 1 else "are erased, the first "
    words = (
        f"{_which(view, len(moments))} {goes}",
        _at(view, first, moments[first.id]),
        ", and can be heard until then.",
    )
    return (Line(words, Sign.ALARM),)


def _past(view: View) -> tuple[Words, ...]:
    """P12: calls that have had their time, and are kept for this request alone."""
    kept = [one for one in view.recordings if one.id in view.kept]
    if not kept:
        return ()
    first = min(kept, key=lambda one: view.kept[one.id])
    which, has = _which(view, len(kept)), "has" if len(kept) == 1 else "have"
    told = f"{which} {has} been kept as long as the policy allows, and stays for this request alone until "
    return ((told if len(kept) == 1 else told.replace("stays", "stay"), _at(view, first, view.kept[first.id]), "."),)


def _which(view: View, number: int) -> str:
    if len(view.recordings) == 1:
        return "This call"
    return "One of these calls" if number == 1 else f"{number} of these calls"


def _at(view: View, one: Recording, moment: datetime) -> When:
    return When(moment, line_words(one.line, view.policy)[1], view.now)


def _reference(view: View) -> tuple[str, ...]:
    """A reference that is not the calls' own may be right: a complaint has one of its own."""
    own = list(dict.fromkeys(one.crm for one in view.recordings if one.crm))
    if not own or compact(view.request.crm) in map(compact, own):
        return ()
    named = own[0] if len(own) == 1 else f"{own[0]} and {len(own) - 1} more"
    which = "this call" if len(view.recordings) == 1 else "these calls"
    return (f"{view.request.crm} is not the CRM reference of {which} ({named}).",)

"""What people see of a call whose customer declined, in every state; all its words for people stand here (P5)."""

from __future__ import annotations

from datetime import datetime

from handlers.cards import Actions, Button, Card, Line, Part, Row, Sign, Small, Title, When, Words
from handlers.declined.deciding import KeepForm
from handlers.declined.state import DeclinedCase
from handlers.matters.asking import told
from handlers.rules.declined import KEPT
from handlers.words import call_line, line_words, moment_words
from storage.declines import LIVE
from storage.tables.calls import CHOOSING, LOOKING

WHAT = "A caller declined"
SIGNS = {"kept": Sign.NOTE, "going": Sign.ENDED, "none": Sign.NOTE, "choosing": Sign.QUESTION, "looking": Sign.WAITING}
LIVE_SIGNS = {"asked": Sign.WAITING, "still": Sign.ALARM, "off": Sign.APPROVED}
STATES = {
    "asked": "switching off", "still": "STILL being recorded", "off": "recording is off", "looking": "looking for your call",
    "choosing": "which call is it?", "none": "nothing to do", "kept": "the recording is kept",
    "stuck": "no one can decide",
}  # fmt: skip
SOON = "One that has just ended is here once it is registered."
HANDED_OVER = (
    "{who} said that a caller declined, and has not said which call it was. Until that is known, the call can be heard like any other. "
    "Please ask {who}, and choose the call here; if it was none of these, say so."
)
KEPT_FOR_NOW = "Something still keeps it. It stays locked, and is erased once that is over."
GOES_LATER = "Something still keeps it. It stays locked, and goes once that is over."
ERASED_LATER = "Something still keeps it. If you erase it, it stays locked and goes once that is over."
REPORT = Button("breach_report", "Report in confidence", "")


def card(case: DeclinedCase, reader: int) -> Card:
    """The card of one of them for one reader."""
    mine = reader == case.matter.said_by
    parts: list[Part] = [Title(_sign(case), WHAT, _state(case, reader))]
    parts += _call(case, mine=mine) if mine or case.matter.how or case.matter.state == "none" else []
    parts += _choices(case, mine=mine) if _chooses(case, reader) else []
    parts += [
        *_which(case, mine=mine),
        *_outcome(case),
        *_kept(case, reader),
        *_turn(case, reader),
        *_buttons(case, reader),
        Small(case.small(reader)),
    ]
    return Card(tuple(parts), _summary(case, reader))


def _chooses(case: DeclinedCase, reader: int) -> bool:
    """Whether this reader may say which call it was."""
    return case.matter.is_unchosen and (reader == case.matter.said_by or case.asks(reader))


def _sign(case: DeclinedCase) -> Sign:
    row = case.matter
    if row.is_unchosen:
        return SIGNS[CHOOSING]
    if row.live in LIVE_SIGNS:
        return LIVE_SIGNS[row.live]
    if row.state == LOOKING and row.trouble:
        return Sign.ALARM
    return SIGNS.get(row.state, Sign.WAITING)


def _state(case: DeclinedCase, reader: int) -> str:
    row = case.matter
    if row.is_unchosen:
        return STATES[CHOOSING]
    if row.live in LIVE:
        return STATES[row.live]
    if row.state == LOOKING and row.trouble:
        return STATES["still"]
    if row.state == "going":
        return "erased" if case.calls and all(one.id in case.erased for one in case.calls) else "being erased"
    if row.state == "waiting":
        return "waiting for you" if case.asks(reader) and not case.goes_by_itself else "the recording is locked"
    return STATES[row.state]


def _call(case: DeclinedCase, *, mine: bool) -> list[Part]:
    """How the call itself stands: what is certain of its recording, and what to say and do."""
    row = case.matter
    if row.state == LOOKING:
        if row.trouble:
            return [Line(TROUBLE[row.trouble], Sign.ALARM), Line(SAY), Line(DO)]
        return [Line("I am looking for your call, to switch its recording off. This card tells when that is certain.")]
    match row.live:
        case "asked":
            return [Line("The phone system is asked to stop. Recording counts as off only when a second look says so.")]
        case "still":
            told = Line(still_words(case), Sign.ALARM)
            return [told, Line(SAY), Line(DO)] if mine else [told]
        case "off":
            return [
                Line(off_words(case)),
                Line("It stays off for this call. The next call is recorded again."),
            ]
        case "over":
            return [
                Line(
                    off_words(case)
                    if row.stopped_at
                    else "The call ended before I could tell that its recording was off."
                )
            ]
    return _none(case)


def _none(case: DeclinedCase) -> list[Part]:
    row = case.matter
    if row.state != "none":
        return []
    if row.trouble == "dismissed":
        said = "It was none of these calls, you said."
        if row.decided_by:
            said = f"{case.people[row.decided_by].name} said that it was none of the last calls of {case.said_by.name}."
        return [Line(f"{said} Nothing is locked.")]
    nothing = "I found no other call of yours" if row.trouble.startswith("known") else "I found no call of yours"
    told: list[Part] = [Line(f"{TROUBLE.get(row.trouble, '')} {nothing} of the last days.".strip())]
    return [*told, Line(SAY), Line(DO)] if row.trouble == "known_still" else told


def _choices(case: DeclinedCase, *, mine: bool) -> list[Part]:
    parts = _asked(case) if mine else [Line(HANDED_OVER.format(who=case.said_by.name))]
    return [*parts, *_offered(case)]


def _asked(case: DeclinedCase) -> list[Part]:
    """What stands above the calls for whoever said it."""
    row = case.matter
    live = any("call_id" in one for one in row.choices)
    known = row.trouble.startswith("known")
    first: Words = f"You’re not on a live call. Which recent call was it? {SOON}"
    if live and any("recording" in one for one in row.choices):
        first = ("You said so ", When(row.asked_at, now=case.now), ", and I could look only later. Which call was it?")
    elif live or known:
        first = (
            "You are on more than one call. Which one is it?"
            if live
            else "If you mean an earlier call: which one was it?"
        )
    parts: list[Part] = (
        [Line(TROUBLE[row.trouble], None if row.trouble == "known" else Sign.ALARM)] if row.trouble else []
    )
    parts += [Line(SAY), Line(DO)] if row.trouble == "known_still" else []
    return [*parts, Line(first)]


def _offered(case: DeclinedCase) -> list[Part]:
    row, parts = case.matter, list[Part]()
    for place, one in enumerate(row.choices):
        button = Button("declined_choose", "This call", f"{row.id}:{place}")
        if "call_id" in one:
            label, zone = line_words(one["line"], case.policy)
            began = When(datetime.fromisoformat(one["began"]), zone, case.now)
            parts.append(Row(("Since ", began, f" · {one['caller']} · {label}"), button))
        elif (call := case.offered.get(one["recording"])) and not call.closed(case.now):
            parts.append(Row(call_line(call, case.policy, case.now, case.erased.get(call.id)), button))
    return parts


def _which(case: DeclinedCase, *, mine: bool) -> list[Part]:
    """Which call it is, and who says so, for whoever does not know it."""
    row = case.matter
    if not row.how or row.began is None:
        return []
    label, zone = line_words(row.line, case.policy)
    who, said = case.said_by.name, "You said" if mine else f"{case.said_by.name} said"
    head: list[Part] = [] if mine else [Line(f"The caller declined during the call, says {who}.")]
    if row.how == "afterwards":
        against = "" if row.state == "kept" else " So it was recorded against the policy."
        head = [Line(f"{said} after the call that the caller declined.{against}", Sign.ALARM if against else None)]
    calls = [Line(call_line(one, case.policy, case.now, case.erased.get(one.id))) for one in case.calls]
    return [*head, *(calls or [Line(("📞 ", When(row.began, zone, case.now), f" · with {who} · {label}"))])]


def _outcome(case: DeclinedCase) -> list[Part]:
    row = case.matter
    if row.is_unchosen:
        return []
    zone = line_words(row.line, case.policy)[1]
    match row.state:
        case "kept":
            by = case.people[row.decided_by].name if row.decided_by else "Someone"
            return [Line(f"{by} kept what was recorded. {KEPT.get(row.reason, row.reason)}. It is available again.")]
        case "going":
            return _goes(case)
        case "waiting" | "stuck" if row.erase_at is not None:
            head = case.policy.role("head_of_customer_success").title
            return [
                Line(
                    (
                        "The recording is locked. It is erased ",
                        When(row.erase_at, zone, case.now),
                        f", unless the {head} keeps it.",
                    )
                )
            ]
        case "waiting" | "stuck":
            head = case.policy.role("head_of_customer_success").title
            return [
                Line(
                    f"The recording is locked. The {head} decides whether it is erased or kept; nothing goes by itself."
                )
            ]
    return []


def _kept(case: DeclinedCase, reader: int) -> list[Part]:
    """For whoever decides: that something keeps it, and not what, since that may be none of their business."""
    if not case.kept or not case.waits_for(reader):
        return []
    return [Line(GOES_LATER if case.goes_by_itself else ERASED_LATER, Sign.ALARM)]


def _goes(case: DeclinedCase) -> list[Part]:
    held = [one for one in case.calls if one.id in case.kept and one.id not in case.erased]
    parts: list[Part] = []
    if case.matter.decided_by:
        parts.append(Line(f"{case.people[case.matter.decided_by].name} decided that it is erased."))
    if held:
        parts.append(Line(KEPT_FOR_NOW, Sign.ALARM))
    elif case.calls and all(one.id in case.erased for one in case.calls):
        parts.append(Line("What was recorded is erased for good, with a certificate."))
    elif not case.calls and not case.unmet:
        parts.append(Line("Nothing of it is in the recording system: a second look, by another way, found nothing."))
    else:
        parts.append(Line("The recording is locked and is being erased."))
    return parts


def _turn(case: DeclinedCase, reader: int) -> list[Part]:
    """Why it came to this reader, and what happens if nobody answers."""
    if case.matter.state == "stuck":
        return [Line(f"No one who could decide can be asked now. {told(case)}".strip(), Sign.ALARM)]
    if not case.waits_for(reader):
        return []
    came = case.came_as(reader)
    if case.matter.is_unchosen:
        return [Line(f"{came}If no one answers, the call stays in reach, and you are reminded each working day.")]
    silent = (
        "If no one answers, it is erased then."
        if case.goes_by_itself
        else "If no one answers, it stays locked, and you are reminded each working day."
    )
    return [Line(f"{came}{silent}")]


def _buttons(case: DeclinedCase, reader: int) -> list[Part]:
    row, buttons = case.matter, list[Button]()
    if _chooses(case, reader):
        buttons.append(Button("declined_none", "None of these", row.id))
    elif case.asks(reader):
        if not case.goes_by_itself:
            sure = "What was recorded of this call is erased for good."
            buttons.append(Button("declined_erase", "Erase", row.id, "danger", sure))
        buttons.append(Button(KeepForm.name, "Keep", row.id))
    elif reader == row.said_by and row.how == "afterwards" and row.is_open:
        buttons.append(REPORT)
    elif reader == row.said_by and row.state == "none":
        buttons.append(Button("declined", "A caller declines", ""))
    return [Actions((*buttons, Button("details", "Details", row.id)))]


def _summary(case: DeclinedCase, reader: int) -> str:
    if case.asks(reader) and case.matter.is_unchosen:
        return f"{WHAT} to be recorded, and no one has said which call it was."
    if case.asks(reader) and not case.goes_by_itself:
        return "A caller declined to be recorded, and the recording is waiting for your decision."
    state = _state(case, reader)
    return f"{WHAT} to be recorded: {state}{'' if state.endswith('?') else '.'}"


MOST_LEGS = 3
"""So many are named on a card."""
SAY = "Say to the caller: “I am sorry, this call is still being recorded. We can end it here, or go on knowing that.”"
DO = "Switch the recording off in the phone system yourself, or end the call. I go on trying until the call is over."
TROUBLE = {
    "unreachable": "This call is STILL being recorded, as far as anyone can tell: the phone system does not answer.",
    "unread": "This call is STILL being recorded, as far as anyone can tell: the phone system says too little of a call that goes on.",
    "cannot": "This recording system can’t be told from here to stop. If a call goes on, switch its recording off in the phone system.",
    "known_still": "This call is STILL being recorded, as far as anyone can tell. It was said already that the caller declines, and I go on trying.",
    "known": "Of the call that you are on it was said already, and its card shows its status.",
}


def off_words(case: DeclinedCase) -> Words:
    """That it is off, and to the second when that was read back."""
    at = case.matter.stopped_at
    if at is None:
        return "Recording is off."
    return ("Recording is off, confirmed at ", When(at, _zone(case), case.now, exact=True), ".")


def off_told(case: DeclinedCase) -> str:
    """The same in a message, by the line's clock."""
    at = case.matter.stopped_at or case.now
    return f"Recording is off, confirmed at {moment_words(at, _zone(case), case.now, exact=True)}."


def _zone(case: DeclinedCase) -> str:
    return line_words(case.matter.line, case.policy)[1]


def still_told() -> str:
    """The same in a message, which stays when a card is drawn anew: no leg is named there."""
    return "This call is STILL being recorded. I asked the phone system to stop, and cannot tell that it did."


def still_words(case: DeclinedCase) -> str:
    """That it goes on, on which legs, or why nobody can tell."""
    row = case.matter
    if row.trouble:
        return TROUBLE[row.trouble]
    shown, more = [str(one) for one in row.legs[:MOST_LEGS]], len(row.legs) - MOST_LEGS
    legs = f" ({', '.join([*shown, *([f'{more} more'] if more > 0 else [])])})" if shown else ""
    return f"This call is STILL being recorded{legs}. I asked the phone system to stop, and it goes on."

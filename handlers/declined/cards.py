"""What people see of a call whose customer declined, in every state; all its words for people stand here (P5)."""

from __future__ import annotations

from datetime import datetime

from handlers.cards import Actions, Button, Card, Line, Part, Row, Sign, Small, Title, When, Words
from handlers.declined.deciding import KeepForm
from handlers.declined.state import View
from handlers.matters.asking import told
from handlers.matters.case import entitled
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


def card(view: View, reader: int) -> Card:
    """The card of one of them for one reader."""
    mine = reader == view.declined.said_by
    parts: list[Part] = [Title(_sign(view), WHAT, _state(view, reader))]
    parts += _call(view, mine=mine) if mine or view.declined.how or view.declined.state == "none" else []
    parts += _choices(view, mine=mine) if _chooses(view, reader) else []
    parts += [
        *_which(view, mine=mine),
        *_outcome(view),
        *_kept(view, reader),
        *_turn(view, reader),
        *_buttons(view, reader),
        Small(_small(view, reader)),
    ]
    return Card(tuple(parts), _summary(view, reader))


def _chooses(view: View, reader: int) -> bool:
    """Whether this reader may say which call it was."""
    return view.declined.is_unchosen and (reader == view.declined.said_by or view.asks(reader))


def _sign(view: View) -> Sign:
    row = view.declined
    if row.is_unchosen:
        return SIGNS[CHOOSING]
    if row.live in LIVE_SIGNS:
        return LIVE_SIGNS[row.live]
    if row.state == LOOKING and row.trouble:
        return Sign.ALARM
    return SIGNS.get(row.state, Sign.WAITING)


def _state(view: View, reader: int) -> str:
    row = view.declined
    if row.is_unchosen:
        return STATES[CHOOSING]
    if row.live in LIVE:
        return STATES[row.live]
    if row.state == LOOKING and row.trouble:
        return STATES["still"]
    if row.state == "going":
        return "erased" if view.calls and all(one.id in view.erased for one in view.calls) else "being erased"
    if row.state == "waiting":
        return "waiting for you" if view.asks(reader) and not view.goes_by_itself else "the recording is locked"
    return STATES[row.state]


def _call(view: View, *, mine: bool) -> list[Part]:
    """How the call itself stands: what is certain of its recording, and what to say and do."""
    row = view.declined
    if row.state == LOOKING:
        if row.trouble:
            return [Line(TROUBLE[row.trouble], Sign.ALARM), Line(SAY), Line(DO)]
        return [Line("I am looking for your call, to switch its recording off. This card tells when that is certain.")]
    match row.live:
        case "asked":
            return [Line("The phone system is asked to stop. Recording counts as off only when a second look says so.")]
        case "still":
            told = Line(still_words(view), Sign.ALARM)
            return [told, Line(SAY), Line(DO)] if mine else [told]
        case "off":
            return [
                Line(off_words(view)),
                Line("It stays off for this call. The next call is recorded again."),
            ]
        case "over":
            return [
                Line(
                    off_words(view)
                    if row.stopped_at
                    else "The call ended before I could tell that its recording was off."
                )
            ]
    return _none(view)


def _none(view: View) -> list[Part]:
    row = view.declined
    if row.state != "none":
        return []
    if row.trouble == "dismissed":
        said = "It was none of these calls, you said."
        if row.decided_by:
            said = f"{view.people[row.decided_by].name} said that it was none of the last calls of {view.said_by.name}."
        return [Line(f"{said} Nothing is locked.")]
    nothing = "I found no other call of yours" if row.trouble.startswith("known") else "I found no call of yours"
    told: list[Part] = [Line(f"{TROUBLE.get(row.trouble, '')} {nothing} of the last days.".strip())]
    return [*told, Line(SAY), Line(DO)] if row.trouble == "known_still" else told


def _choices(view: View, *, mine: bool) -> list[Part]:
    parts = _asked(view) if mine else [Line(HANDED_OVER.format(who=view.said_by.name))]
    return [*parts, *_offered(view)]


def _asked(view: View) -> list[Part]:
    """What stands above the calls for whoever said it."""
    row = view.declined
    live = any("call_id" in one for one in row.choices)
    known = row.trouble.startswith("known")
    first: Words = f"You’re not on a live call. Which recent call was it? {SOON}"
    if live and any("recording" in one for one in row.choices):
        first = ("You said so ", When(row.asked_at, now=view.now), ", and I could look only later. Which call was it?")
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


def _offered(view: View) -> list[Part]:
    row, parts = view.declined, list[Part]()
    for place, one in enumerate(row.choices):
        button = Button("declined_choose", "This call", f"{row.id}:{place}")
        if "call_id" in one:
            label, zone = line_words(one["line"], view.policy)
            began = When(datetime.fromisoformat(one["began"]), zone, view.now)
            parts.append(Row(("Since ", began, f" · {one['caller']} · {label}"), button))
        elif (call := view.offered.get(one["recording"])) and not call.closed(view.now):
            parts.append(Row(call_line(call, view.policy, view.now, view.erased.get(call.id)), button))
    return parts


def _which(view: View, *, mine: bool) -> list[Part]:
    """Which call it is, and who says so, for whoever does not know it."""
    row = view.declined
    if not row.how or row.began is None:
        return []
    label, zone = line_words(row.line, view.policy)
    who, said = view.said_by.name, "You said" if mine else f"{view.said_by.name} said"
    head: list[Part] = [] if mine else [Line(f"The caller declined during the call, says {who}.")]
    if row.how == "afterwards":
        against = "" if row.state == "kept" else " So it was recorded against the policy."
        head = [Line(f"{said} after the call that the caller declined.{against}", Sign.ALARM if against else None)]
    calls = [Line(call_line(one, view.policy, view.now, view.erased.get(one.id))) for one in view.calls]
    return [*head, *(calls or [Line(("📞 ", When(row.began, zone, view.now), f" · with {who} · {label}"))])]


def _outcome(view: View) -> list[Part]:
    row = view.declined
    if row.is_unchosen:
        return []
    zone = line_words(row.line, view.policy)[1]
    match row.state:
        case "kept":
            by = view.people[row.decided_by].name if row.decided_by else "Someone"
            return [Line(f"{by} kept what was recorded. {KEPT.get(row.reason, row.reason)}. It is available again.")]
        case "going":
            return _goes(view)
        case "waiting" | "stuck" if row.erase_at is not None:
            head = view.policy.role("head_of_customer_success").title
            return [
                Line(
                    (
                        "The recording is locked. It is erased ",
                        When(row.erase_at, zone, view.now),
                        f", unless the {head} keeps it.",
                    )
                )
            ]
        case "waiting" | "stuck":
            head = view.policy.role("head_of_customer_success").title
            return [
                Line(
                    f"The recording is locked. The {head} decides whether it is erased or kept; nothing goes by itself."
                )
            ]
    return []


def _kept(view: View, reader: int) -> list[Part]:
    """For whoever decides: that something keeps it, and not what, since that may be none of their business."""
    if not view.declined.is_open or not view.kept or not view.asks(reader) or not entitled(view, reader):
        return []
    return [Line(GOES_LATER if view.goes_by_itself else ERASED_LATER, Sign.ALARM)]


def _goes(view: View) -> list[Part]:
    held = [one for one in view.calls if one.id in view.kept and one.id not in view.erased]
    parts: list[Part] = []
    if view.declined.decided_by:
        parts.append(Line(f"{view.people[view.declined.decided_by].name} decided that it is erased."))
    if held:
        parts.append(Line(KEPT_FOR_NOW, Sign.ALARM))
    elif view.calls and all(one.id in view.erased for one in view.calls):
        parts.append(Line("What was recorded is erased for good, with a certificate."))
    elif not view.calls and not view.unmet:
        parts.append(Line("Nothing of it is in the recording system: a second look, by another way, found nothing."))
    else:
        parts.append(Line("The recording is locked and is being erased."))
    return parts


def _turn(view: View, reader: int) -> list[Part]:
    """Why it came to this reader, and what happens if nobody answers."""
    if view.declined.state == "stuck":
        hearer = told(view) if view.alarm is not None else ""
        return [Line(f"No one who could decide can be asked now. {hearer}".strip(), Sign.ALARM)]
    if not view.asks(reader) or not entitled(view, reader):
        return []
    authority = view.authority(view.people[reader])
    title = view.policy.role(authority.role).title
    came = f"You’re asked as {'deputy of the ' if authority.deputy else 'the '}{title}. "
    if view.declined.is_unchosen:
        return [Line(f"{came}If no one answers, the call stays in reach, and you are reminded each working day.")]
    silent = (
        "If no one answers, it is erased then."
        if view.goes_by_itself
        else "If no one answers, it stays locked, and you are reminded each working day."
    )
    return [Line(f"{came}{silent}")]


def _buttons(view: View, reader: int) -> list[Part]:
    row, buttons = view.declined, list[Button]()
    if _chooses(view, reader):
        buttons.append(Button("declined_none", "None of these", row.id))
    elif view.asks(reader):
        if not view.goes_by_itself:
            sure = "What was recorded of this call is erased for good."
            buttons.append(Button("declined_erase", "Erase", row.id, "danger", sure))
        buttons.append(Button(KeepForm.name, "Keep", row.id))
    elif reader == row.said_by and row.how == "afterwards" and row.is_open:
        buttons.append(REPORT)
    elif reader == row.said_by and row.state == "none":
        buttons.append(Button("declined", "A caller declines", ""))
    return [Actions((*buttons, Button("details", "Details", row.id)))]


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(others)}" if others else ""
    return f"{view.declined.id} · P5{seen}"


def _summary(view: View, reader: int) -> str:
    if view.asks(reader) and view.declined.is_unchosen:
        return f"{WHAT} to be recorded, and no one has said which call it was."
    if view.asks(reader) and not view.goes_by_itself:
        return "A caller declined to be recorded, and the recording is waiting for your decision."
    state = _state(view, reader)
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


def off_words(view: View) -> Words:
    """That it is off, and to the second when that was read back."""
    at = view.declined.stopped_at
    if at is None:
        return "Recording is off."
    return ("Recording is off, confirmed at ", When(at, _zone(view), view.now, exact=True), ".")


def off_told(view: View) -> str:
    """The same in a message, by the line's clock."""
    at = view.declined.stopped_at or view.now
    return f"Recording is off, confirmed at {moment_words(at, _zone(view), view.now, exact=True)}."


def _zone(view: View) -> str:
    return line_words(view.declined.line, view.policy)[1]


def still_told() -> str:
    """The same in a message, which stays when a card is drawn anew: no leg is named there."""
    return "This call is STILL being recorded. I asked the phone system to stop, and cannot tell that it did."


def still_words(view: View) -> str:
    """That it goes on, on which legs, or why nobody can tell."""
    row = view.declined
    if row.trouble:
        return TROUBLE[row.trouble]
    shown, more = [str(one) for one in row.legs[:MOST_LEGS]], len(row.legs) - MOST_LEGS
    legs = f" ({', '.join([*shown, *([f'{more} more'] if more > 0 else [])])})" if shown else ""
    return f"This call is STILL being recorded{legs}. I asked the phone system to stop, and it goes on."

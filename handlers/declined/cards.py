"""What people see of a call whose customer declined, in every state; all its words for people are here (P5)."""

from datetime import datetime

from handlers.cards import Actions, Button, Card, Line, Part, Row, Sign, Small, Title, When, Words
from handlers.declined.deciding import DeclinedCase, KeepForm
from handlers.matters.case import who_was_told
from handlers.phrases import call_line, line_words, moment_words
from handlers.rules.declined import KEPT
from storage.declines import LIVE
from storage.tables.calls import CHOOSING, LOOKING

SIGNS = {
    "kept": Sign.NOTE, "going": Sign.ENDED, "none": Sign.NOTE, "choosing": Sign.QUESTION, "still": Sign.ALARM, "off": Sign.APPROVED,
}  # fmt: skip
STATES = {
    "asked": "switching off", "still": "STILL being recorded", "off": "recording is off", "looking": "looking for your call",
    "choosing": "which call is it?", "none": "nothing to do", "kept": "the recording is kept",
    "stuck": "no one can decide",
}  # fmt: skip
SOON = "A call that has just ended appears here once it is registered."
HANDED_OVER = "{who} hasn’t said which call it was. Please ask {who}, and choose the call here."
STILL_KEPT = "A hold, an open request or a customer’s copy still keeps it."
KEPT_FOR_NOW = f"{STILL_KEPT} It stays locked, and is erased once that is over."
ERASED_LATER = f"{STILL_KEPT} If you press Erase, it stays locked, and is erased once that is over."
REPORT = Button("breach_report", "Report in confidence", "")


def declined_card(case: DeclinedCase, reader: int, *, whole: bool = False) -> Card:
    """Return the card of a declined call for one reader; `whole` as Details shows it."""
    mine = reader == case.matter.said_by
    sign = SIGNS.get(_shown_status(case), Sign.WAITING)
    parts: list[Part] = [Title(sign, _title_words(case, mine=mine), _declined_state(case, reader))]
    parts += _call_parts(case, mine=mine, whole=whole) if mine or case.matter.how or case.matter.state == "none" else []
    parts += (*_question_parts(case, mine=mine), *_choice_rows(case)) if _may_choose(case, reader) else ()
    still = case.matter.live == "still" and mine and not whole
    parts += () if still else (*_which_call_parts(case, whole=whole), *_outcome_parts(case, reader, whole=whole))
    parts += (*_kept_notice(case, reader), *_turn_parts(case, reader, whole=whole))
    parts += (*_declined_buttons(case, reader), Small(case.small))
    return Card(tuple(parts), _declined_summary(case, reader))


def _title_words(case: DeclinedCase, *, mine: bool) -> str:
    """Return whose caller declined; `mine` for the card of the person who said so."""
    return f"{'Your' if mine else f'{case.said_by.name}’s'} caller declined to be recorded"


def _may_choose(case: DeclinedCase, reader: int) -> bool:
    """Return True if this reader may say which call it was."""
    return case.matter.is_unchosen and (reader == case.matter.said_by or case.asks(reader))


def _shown_status(case: DeclinedCase) -> str:
    """Return the status shown: that of the live call, or else of the matter."""
    row = case.matter
    if row.is_unchosen:
        return CHOOSING
    if row.live in LIVE:
        return row.live
    return "still" if row.state == LOOKING and row.trouble else row.state


def _declined_state(case: DeclinedCase, reader: int) -> str:
    """Return the state in a few words: of the recording, or whose turn it is."""
    status = _shown_status(case)
    if status == "going":
        return "erased" if case.calls and all(one.id in case.erased for one in case.calls) else "being erased"
    if status == "waiting":
        return "waiting for you" if case.asks(reader) and not case.goes_by_itself else "the recording is locked"
    return STATES[status]


def _call_parts(case: DeclinedCase, *, mine: bool, whole: bool) -> list[Part]:
    """Say what is certain about the recording of the call, and what to say and do."""
    row = case.matter
    if row.state == LOOKING:
        if row.trouble:
            return [Line(TROUBLE[row.trouble], Sign.ALARM), Line(SAY), Line(DO)]
        return [Line("I’m looking for your call, to switch its recording off. This card will say when it is off.")]
    match row.live:
        case "asked":
            return [
                Line(
                    "I’ve asked the phone system to stop. I’ll say that recording is off only when a second look confirms it."
                )
            ]
        case "still":
            told = Line(still_recorded_words(case), Sign.ALARM)
            return [told, Line(SAY), Line(DO)] if mine else [told]
        case "off":
            stays = (Line("It stays off. Your next call is recorded as usual."),) if mine else ()
            return [Line(_confirmed_words(case, "Confirmed ", whole=whole)), *stays]
        case "over":
            ended = "The call ended before I could confirm that its recording was off."
            return [
                Line(_confirmed_words(case, "Recording is off, confirmed ", whole=whole) if row.stopped_at else ended)
            ]
    return _no_call_parts(case)


def _no_call_parts(case: DeclinedCase) -> list[Part]:
    """Say why there is nothing to do; nothing for a report with a call."""
    row = case.matter
    if row.state != "none":
        return []
    if row.trouble == "dismissed":
        said = "You said that it was none of these calls."
        if row.decided_by:
            said = f"{case.people[row.decided_by].name} said that it was none of {case.said_by.name}’s recent calls."
        return [Line(f"{said} Nothing is locked.")]
    if row.trouble == "known_still":
        return [Line(TROUBLE[row.trouble], Sign.ALARM), Line(SAY), Line(DO)]
    nothing = "" if row.trouble == "known" else "I found no calls of yours from the last few days."
    return [Line(f"{TROUBLE.get(row.trouble, '')} {nothing}".strip())]


def _question_parts(case: DeclinedCase, *, mine: bool) -> list[Part]:
    """Ask which call it was: the reporter, or the people who decide in their place."""
    if not mine:
        return [Line(HANDED_OVER.format(who=case.said_by.name))]
    row = case.matter
    live = any("call_id" in one for one in row.choices)
    which: Words = f"You’re not on a live call. Which recent call was it? {SOON}"
    if live and any("recording" in one for one in row.choices):
        which = ("You told me ", When(row.asked_at, now=case.now), ", but I couldn’t look then. Which call was it?")
    elif live:
        which = "You are on more than one call. Which one is it?"
    return [*([Line(TROUBLE[row.trouble], Sign.ALARM)] if row.trouble else []), Line(which)]


def _choice_rows(case: DeclinedCase) -> list[Part]:
    """Return a row with a button for each call that may be meant."""
    row, parts = case.matter, list[Part]()
    for place, one in enumerate(row.choices):
        button = Button("declined_choose", "This call", f"{row.id}:{place}")
        if "call_id" in one:
            label, zone = line_words(one["line"], case.policy)
            began = When(datetime.fromisoformat(one["began"]), zone, case.now, brief=True)
            parts.append(Row(("Since ", began, f" · {one['caller']} · {label}"), button))
        elif (call := case.offered.get(one["recording"])) and not call.closed(case.now):
            parts.append(Row(call_line(call, case.policy, case.now, case.erased.get(call.id)), button))
    return parts


def _which_call_parts(case: DeclinedCase, *, whole: bool) -> list[Part]:
    """Say which call it is, and whether it had ended before it was reported."""
    row = case.matter
    if not row.how or row.began is None:
        return []
    label, zone = line_words(row.line, case.policy)
    head: list[Part] = [Line("The call had already ended, so it was recorded.")] if row.how == "afterwards" else []
    card = None if whole else ("", 0)
    calls = [Line(call_line(one, case.policy, case.now, case.erased.get(one.id), card)) for one in case.calls]
    told = f" · with {case.said_by.name} · {label}" if whole else ""
    return [*head, *(calls or [Line(("📞 ", When(row.began, zone, case.now, brief=not whole), told))])]


def _outcome_parts(case: DeclinedCase, reader: int, *, whole: bool) -> list[Part]:
    """Say what happens to the recording, or what was decided."""
    row = case.matter
    if row.is_unchosen:
        return []
    zone = line_words(row.line, case.policy)[1]
    match row.state:
        case "kept":
            by = case.people[row.decided_by].name if row.decided_by else "Someone"
            return [Line(f"{by} kept the recording. {KEPT.get(row.reason, row.reason)}. It is available again.")]
        case "going":
            return _erasure_parts(case, whole=whole)
        case "waiting" | "stuck":
            head = f"the {case.policy.role('head_of_customer_success').title}"
            who, s = ("you", "") if case.asks(reader) else (head, "s")
            if row.erase_at is None:
                return [Line(f"The recording stays locked until {who} erase{s} or keep{s} it.")]
            at = When(row.erase_at, zone, case.now)
            return [Line(("The recording is locked. It will be erased ", at, f", unless {who} keep{s} it."))]
    return []


def _kept_notice(case: DeclinedCase, reader: int) -> list[Part]:
    """Tell a decider that something keeps the call, but not what, which may be none of their business."""
    if not case.kept or not case.waits_for(reader):
        return []
    return [Line(KEPT_FOR_NOW if case.goes_by_itself else ERASED_LATER, Sign.ALARM)]


def _erasure_parts(case: DeclinedCase, *, whole: bool) -> list[Part]:
    """Say how far the erasure has come; the card's title tells that it goes on."""
    held = [one for one in case.calls if one.id in case.kept and one.id not in case.erased]
    parts: list[Part] = []
    if case.matter.decided_by:
        parts.append(Line(f"{case.people[case.matter.decided_by].name} decided to erase it."))
    if held:
        parts.append(Line(KEPT_FOR_NOW, Sign.ALARM))
    elif case.calls and all(one.id in case.erased for one in case.calls):
        parts.append(Line("The recording is erased for good, with a certificate."))
    elif not case.calls and not case.unmet:
        parts.append(Line("A second look, by another route, found no recording."))
    elif whole or _shown_status(case) != "going":
        parts.append(Line("The recording is locked and is being erased."))
    return parts


def _turn_parts(case: DeclinedCase, reader: int, *, whole: bool) -> list[Part]:
    """Say why it came to this reader, and what happens without an answer."""
    if case.matter.state == "stuck":
        return [Line(f"No one may decide at the moment. {who_was_told(case)}".strip(), Sign.ALARM)]
    if not case.waits_for(reader):
        return []
    if case.matter.is_unchosen:
        return [Line("Until someone chooses, the call can be heard. You’re reminded each working day.")]
    return [Line(case.asked_as_words(reader).strip())] if whole else []


def _declined_buttons(case: DeclinedCase, reader: int) -> list[Part]:
    """Return this reader's buttons, Details last."""
    row, buttons = case.matter, list[Button]()
    if _may_choose(case, reader):
        buttons.append(Button("declined_none", "None of these", row.id))
    elif case.asks(reader):
        if not case.goes_by_itself:
            sure = "This erases the recording of this call for good."
            buttons.append(Button("declined_erase", "Erase", row.id, "danger", sure))
        buttons.append(Button(KeepForm.name, "Keep", row.id))
    elif reader == row.said_by and row.how == "afterwards" and row.is_open:
        buttons.append(REPORT)
    elif reader == row.said_by and row.state == "none":
        buttons.append(Button("declined", "A caller declines", ""))
    return [Actions((*buttons, Button("details", "Details", row.id)))]


def _declined_summary(case: DeclinedCase, reader: int) -> str:
    """Return the card's one sentence for notifications and screen readers."""
    if case.asks(reader) and case.matter.is_unchosen:
        return f"{_title_words(case, mine=False)}. Please find out which call it was."
    if case.asks(reader) and not case.goes_by_itself:
        return f"{_title_words(case, mine=False)}. Please decide about the recording."
    state = _declined_state(case, reader)
    return f"{_title_words(case, mine=reader == case.matter.said_by)}: {state}{'' if state.endswith('?') else '.'}"


MOST_LEGS = 3
"""How many recorded sides of a call a card names."""
SAY = "Say: “I’m sorry, this call is still being recorded. We can end it, or carry on.”"
DO = "Switch the recording off in the phone system, or end the call. I’ll keep trying."
TROUBLE = {
    "unreachable": "This call is STILL being recorded, as far as I can tell: the phone system doesn’t answer.",
    "unread": "This call is STILL being recorded, as far as I can tell: the phone system doesn’t say enough about a live call.",
    "cannot": "I can’t stop this recording system from here. If you are on the call, switch its recording off in the phone system.",
    "known_still": "This call is STILL being recorded, as far as I can tell. You’ve already told me that the caller declines, and I’m still trying.",
    "known": "You’ve already told me about the call you are on. Its card shows its status.",
}


def _confirmed_words(case: DeclinedCase, say: str, *, whole: bool) -> Words:
    """Say when it was confirmed that recording is off, to the second, after these words."""
    at = case.matter.stopped_at or case.now
    return (say, When(at, _zone_of_line(case), case.now, exact=True, brief=not whole), ".")


def off_message(case: DeclinedCase) -> str:
    """Say that recording is off in a message, by the line's clock."""
    at = case.matter.stopped_at or case.now
    return f"Recording is off, confirmed {moment_words(at, _zone_of_line(case), case.now, exact=True)}."


def _zone_of_line(case: DeclinedCase) -> str:
    """Return the time zone (IANA) of the call's line."""
    return line_words(case.matter.line, case.policy)[1]


STILL_TOLD = "This call is STILL being recorded. I asked the phone system to stop, and can’t tell whether it did."
"""The same for a message, which can't be redrawn later and so names no side of the call."""


def still_recorded_words(case: DeclinedCase) -> str:
    """Say that the call is still recorded and on which legs, or why that can't be known."""
    row = case.matter
    if row.trouble:
        return TROUBLE[row.trouble]
    shown, more = [str(one) for one in row.legs[:MOST_LEGS]], len(row.legs) - MOST_LEGS
    legs = f" ({', '.join([*shown, *([f'{more} more'] if more > 0 else [])])})" if shown else ""
    return f"This call is STILL being recorded{legs}. I asked the phone system to stop, and it hasn’t."

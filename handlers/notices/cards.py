"""What people see of a notice that needs confirming, in every state (P3)."""

from collections.abc import Iterable, Mapping

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Said, Sign, Small, Title, When, Words
from handlers.matters.case import who_was_told
from handlers.notices.state import NoticeCase
from handlers.notices.steps import form_value
from handlers.phrases import day_words, line_words, quantity_words
from handlers.rules.notices import home_city, may_enter
from handlers.rules.phone import written_number

WHY: Mapping[str, str] = {
    "first": "No one has confirmed this notice yet.",
    "quarter": "It is confirmed every {months}.",
    "changed": "Its wording, an address or a line has changed since it was last confirmed.",
    "no": "The last answer was no.",
    "seen": "I looked at the pages after it was confirmed, and they don’t show it.",
}
SAW: Mapping[str, str] = {
    "yes": "The words are in the page’s text, and the Contact us page links to it.",
    "no": "This is wrong:",
    "unseen": "I couldn’t check the pages:",
}
PAGES: Mapping[str, str] = {"website": "the page with the notice", "contact": "the Contact us page"}
REASONS: Mapping[str, str] = {
    "wording_missing": "{page} doesn’t contain these words",
    "link_missing": "{page} has no link to the notice",
    "no_address": "the policy names no https address for {page}",
    "not_listed": "{page} redirects to a site that isn’t listed",
    "not_https": "{page} redirects to an address without https",
    "too_many": "{page} has too many redirects",
    "no_name": "the host of {page} wasn’t found",
    "unreachable": "{page} couldn’t be reached",
    "certificate": "the certificate of {page} isn’t valid",
    "slow": "{page} took too long",
    "too_big": "{page} is too large for me to read",
    "status": "the server answered with an error for {page}",
    "not_text": "{page} isn’t a web page with text",
    "unreadable": "{page} couldn’t be read",
}
SIGNS = {"waiting": Sign.WAITING, "stuck": Sign.ALARM, "confirmed": Sign.APPROVED, "no": Sign.DENIED}
STATES = {"stuck": "no one can confirm it", "confirmed": "confirmed", "no": "needs fixing"}
OUTAGE = "If callers weren’t told, press Enter an outage: those calls are marked and left out of reviews."
HOW = {
    "phone": "Phone each line from outside, listen until someone answers, and press Confirm.",
    "website": "Look at the two pages, and press Confirm.",
    "outgoing": "Listen to how some outgoing calls begin, and press Confirm.",
}
HEARD = {"phone": "What callers hear", "website": "What the page says", "outgoing": "What staff say"}


def notice_card(case: NoticeCase, reader: int, *, whole: bool = False) -> Card:
    """Return the card of a confirmation for one reader; `whole` as Details shows it."""
    check, asks = case.matter, case.matter.state == "waiting" and case.asks(reader)
    name = f"the {case.name[0].lower()}{case.name[1:]}"
    return Card(
        (
            Title(SIGNS[check.state], f"Please confirm {name}" if asks else case.name, _notice_state(case, reader)),
            *_wording_parts(case),
            *_answer_parts(case, reader, whole=whole),
            *((Facts(_notice_facts(case, whole=whole)),) if whole or check.is_open else ()),
            *_seen_parts(case, whole=whole),
            *(_why_parts(case, whole=whole) if whole or not check.is_open else ()),
            *_turn_parts(case, reader, whole=whole),
            *_notice_buttons(case, reader),
            Small(case.small),
        ),
        f"Please confirm {name}." if asks else f"{case.name}: {_notice_state(case, reader)}.",
    )


def _notice_state(case: NoticeCase, reader: int) -> str:
    """Return the confirmation's state in a few words, as this reader should read it; empty if the title asks them."""
    if case.matter.state != "waiting":
        return STATES[case.matter.state]
    if case.asks(reader):
        return ""
    return f"waiting for {case.asked_names}"


def _wording_parts(case: NoticeCase) -> tuple[Part, ...]:
    """Return the wording to confirm, while the card is open: afterwards the policy may say something else."""
    outgoing = case.matter.notice == "outgoing"
    words = case.policy.notices.outgoing if outgoing else case.policy.notices.announcement
    return (Said(HEARD[case.matter.notice], words),) if case.matter.is_open else ()


def _notice_facts(case: NoticeCase, *, whole: bool) -> tuple[tuple[str, Words], ...]:
    """Return what to phone or look at, and in Details when the confirmation was asked for."""
    check, rows, notices = case.matter, list[tuple[str, Words]](), case.policy.notices
    if check.notice == "phone" and check.is_open:
        rows += [(line_words(line, case.policy)[0], written_number(line)) for line in case.policy.lines]
    if check.notice == "website":
        rows += [("Page", notices.website or "none is named"), ("Contact us", notices.contact or "none is named")]
    if whole:
        rows.append(("Asked for", f"{day_words(case.due, None)} ({home_city(case.policy)})"))
    if check.closed_at is not None:
        rows.append(("Ended", When(check.closed_at, now=case.now)))
    return tuple(rows)


def _answer_parts(case: NoticeCase, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """Say who answered what, and what they heard or saw."""
    check = case.matter
    if check.decided_by is None or check.closed_at is None:
        return ()
    who = "You" if check.decided_by == reader else case.people[check.decided_by].name
    sign, words = (Sign.APPROVED, "confirmed it") if check.state == "confirmed" else (Sign.DENIED, "answered no")
    when = When(check.closed_at, now=case.now, brief=not whole)
    return (Line((f"{who} {words}, ", when, "."), sign), Said("Heard or seen" if whole else "", check.words))


def _seen_parts(case: NoticeCase, *, whole: bool) -> tuple[Part, ...]:
    """Say what the bot itself saw on the web pages."""
    if case.matter.notice != "website":
        return ()
    if case.look is None:
        return (Line("I haven’t looked at the pages yet.", Sign.WAITING),) if case.matter.is_open else ()
    look = case.look
    sign = {"yes": Sign.APPROVED, "no": Sign.DENIED}.get(look.answer, Sign.QUESTION)
    at = When(look.looked_at, now=case.now, brief=not whole)
    return (Line((f"{seen_words(look.answer, look.reasons)} I last looked ", at, "."), sign),)


def _why_parts(case: NoticeCase, *, whole: bool) -> tuple[Part, ...]:
    """Say why the confirmation is asked for, or when it will be asked for again."""
    months = quantity_words(case.policy.notices.confirm_months, "month")
    match case.matter.state:
        case "no":
            fix = Line("Please have it fixed. I’ll ask again on the next working day.")
            outage = OUTAGE if whole else f"{OUTAGE.partition(':')[0]}."
            return (fix, *((Line(outage),) if case.needs_outage else ()))
        case "confirmed":
            return (Line(f"I’ll ask again in {months}{', or when anything about it changes' if whole else ''}."),)
        case _:
            return (Line(WHY[case.matter.why].format(months=months)),)


def _turn_parts(case: NoticeCase, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """Return what to do; in Details, why it came to this reader as well."""
    if case.matter.state == "stuck":
        return (Line(f"I can’t reach anyone the policy names. {who_was_told(case)}".strip(), Sign.ALARM),)
    if not case.matter.is_open or not case.asks(reader):
        return ()
    came = f"You’re asked as {case.as_what(reader) or 'one of those who may confirm it'}. " if whole else ""
    return (Line(f"{came}{HOW[case.matter.notice]}{' You’re reminded each week.' if whole else ''}"),)


def _notice_buttons(case: NoticeCase, reader: int) -> tuple[Part, ...]:
    """Return Confirm for people asked, and the way to enter an outage while a no needs one."""
    check, found = case.matter, list[Button]()
    if check.state == "waiting" and case.asks(reader):
        found.append(Button("notice_confirm", "Confirm", form_value(case), "primary"))
    if case.needs_outage and may_enter(case.policy, reader, case.today):
        found.append(Button("outage", "Enter an outage", check.id, "primary"))
    return (Actions((*found, Button("details", "Details", check.id))),)


def seen_words(answer: str, reasons: Iterable[str]) -> str:
    """Say what the bot saw on the pages; reasons that this version doesn't know are left out."""
    words = []
    for one in reasons:
        page, _, reason = one.partition(":")
        if reason in REASONS and page in PAGES:
            words.append(REASONS[reason].format(page=PAGES[page]))
    return (
        SAW["yes"] if answer == "yes" else f"{SAW.get(answer, SAW['unseen'])} {'; '.join(words) or 'I can’t say why'}."
    )

"""The room of confidential reports: its command, buttons, form, look-ups and list at home (P13)."""

from collections.abc import Callable, Iterable

from handlers import finding, phrases
from handlers.acting import Context
from handlers.breach import cards, filing, readers, steps
from handlers.breach.state import Filed
from handlers.breach.vault import Opened, Vault
from handlers.cards import Actions, Button, Heading, Line, Option, Page, Row, Sign, Small
from handlers.home import short_list, to_do_list
from handlers.room import Asks, Command, Does, Hands, Lists, Opens, Room, Search
from handlers.rules.breach import would_be_readers

REPORT = Button(filing.ReportForm.name, "Report in confidence", "")
SAYS = "Report a suspected breach in confidence"
HELPS = "{word} opens a private form. Only the Manager, Human Resources, and the Head of Customer Success read it, never anyone it is about. I don’t read what you type after the command."


def receipt_groups(receipt: str) -> list[str]:
    """Split a receipt into the groups in which it is read out."""
    return [receipt[place : place + 4] for place in range(0, len(receipt), 4)]


def receipt_page(filed: Filed) -> Page:
    """Return the page with the receipt, which is shown once, and what happens by when."""
    clock = (
        Line(
            f"Someone will acknowledge it by {phrases.day_words(filed.acknowledged_by, None)}, and you’ll hear more by {phrases.day_words(filed.answered_by, None)}."
        ),
    )
    evidence = (Line(f"If you have files, please bring them to {filed.evidence}."),) if filed.evidence else ()
    kept = (
        Line("No one here may read it at the moment. I’ll keep it safe until someone may."),
        Line(filed.last_resort),
    ) if filed.last_resort else ()  # fmt: skip
    return Page(
        "Your report is in",
        (
            Line("This is your receipt. Copy it now: no one can show it to you again."),
            Heading(" ".join(receipt_groups(filed.receipt))),
            Line("With it you can read answers and add more, on a page that doesn’t ask who you are."),
            Actions((Button("breach_follow", "Open the page", "", url="/report/follow"),)),
            *(kept or clock),
            *evidence,
            Small("I keep no copy of the receipt. P13"),
        ),
    )  # fmt: skip


def _page_opener(path: str) -> Callable[[str, str], Page]:
    """Return a function that makes the dialog with the link to this page, from a code and the public address."""

    def page(code: str, public_url: str) -> Page:
        link = Button("breach_open", "Open the page", "", "primary", url=f"{public_url}/report/{path}#{code}")
        told = Line("The report opens in your browser. Open the link within a minute; it works once.")
        return Page("In confidence", (told, Actions((link,))))

    return page


def _find_readers(ctx: Context, typed: str) -> list[Option]:
    """Find would-be readers of reports by what was typed, for the field that asks who should not see this one."""
    return _only_readers(ctx, finding.find_people(ctx, typed))


def _readers_named(ctx: Context, values: Iterable[str]) -> list[Option]:
    """Return the options of would-be readers who were chosen before."""
    return _only_readers(ctx, finding.named_people(ctx, values))


def _only_readers(ctx: Context, people: list[Option]) -> list[Option]:
    """Return those of these people who would normally read reports."""
    read = {str(seat.person) for seat in would_be_readers(ctx.policy)}
    return [one for one in people if one.value in read]


def report_lists(ctx: Context) -> Lists:
    """List the reports waiting to be acknowledged; behind Manage, the other open ones, then the closed ones."""
    if ctx.me.id not in {seat.person for seat in would_be_readers(ctx.policy)}:
        return {}

    def rows(*, waiting: bool) -> list[Row]:
        mine = sorted(Vault(ctx).of_reader(ctx.me.id), key=lambda one: not one.known.open)
        return [_report_row(ctx, one) for one in mine if waiting is (one.known.open and not one.known.acknowledged_by)]

    return {
        "waiting": lambda: to_do_list(rows(waiting=True)),
        "reports": lambda: short_list("Confidential reports", rows(waiting=False)),
    }


def _report_row(ctx: Context, one: Opened) -> Row:
    """Return a report's row at home: when it came, and its state."""
    closed, acknowledged = not one.known.open, bool(one.known.acknowledged_by)
    sign, state = (Sign.NOTE, "acknowledged") if acknowledged else (Sign.WAITING, "waiting to be acknowledged")
    sign, state = (Sign.ENDED, "closed") if closed else (sign, state)
    day = phrases.day_words(one.known.day, ctx.policy.company_day(ctx.now))
    button = Button(
        cards.DETAILS, "Details", one.id, "plain" if acknowledged or closed else "primary", hint=one.id
    )  # fmt: skip
    return Row(f"{sign} Confidential report of {day} · {state}", button, one.id)


ROOM = Room(
    "breach",
    commands={"recording-breach": Command(SAYS, HELPS, filing.ReportForm.name, short="Report in confidence")},
    buttons={
        filing.ReportForm.name: Opens(filing.ReportForm.name, "Report in confidence"),
        cards.DETAILS: Hands(readers.make_code, _page_opener("handle"), "Details"),
        cards.REPLY: Hands(readers.make_code, _page_opener("mine"), "Reply"),
        cards.ACKNOWLEDGE: Does(steps.acknowledge_pressed, "Acknowledge"),
    },
    begins=(REPORT,),
    forms=(
        Asks(
            filing.ReportForm, lambda _, form, key: filing.from_form(form, key), new=True, after=receipt_page,
            private=True, instead=filing.link_page,
        ),
    ),
    searches={filing.PEOPLE: Search(finding.find_colleagues, finding.name_colleagues, private=True), filing.READERS: Search(_find_readers, _readers_named, private=True)},
    lists=report_lists,
)  # fmt: skip

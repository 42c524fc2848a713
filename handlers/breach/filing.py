"""How a report is filed, by a person or by the bot, and what its reporter reads and writes later (P13)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter

from handlers import finding, phrases, sealing
from handlers.acting import Actor, Context, Intent, Result, handler
from handlers.breach import cards, readers, showing
from handlers.breach.state import Entry, Filed, Known, ReporterView, Statement
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.cards import Actions, Button, Line, Option, Page, Small
from handlers.forms import AnyOf, Form, OneOf, Text, Words
from handlers.rules import Refused, breach
from storage.breaches import SENT
from storage.records import Recording
from storage.tables.breaches import Report, ReportPart
from storage.tables.log import AuditEntry

PEOPLE, READERS = "breach_people", "breach_readers"
"""Look-ups: whom it is about, and those who would normally read it."""
MOST_PEOPLE = 10
LONGEST = 3000
NAMED = (Option("named", "Yes, those who handle it may know my name"), Option("withheld", "No, keep my name out of it"))


class ReportForm(Form):
    """P13: what a reporter saw, and who must not read it."""

    name: ClassVar[str] = "breach_report"
    title: ClassVar[str] = "Report in confidence"
    send: ClassVar[str] = "Send"
    intro: ClassVar[str] = (
        "Only the Manager, Human Resources, and the Head of Customer Success read it, never anyone you pick below. I don’t record who sent it unless you give your name. The chat platform knows who pressed the button; the page /report doesn’t ask."
    )
    what: Annotated[Text, Words("What happened?", LONGEST, lines=True)]
    when: Annotated[Text, Words("When?", 200, placeholder="Tuesday afternoon")] = ""
    which: Annotated[
        Text, Words("Which recording or request?", 200, placeholder="CS-10442, or the day and the number")
    ] = ""
    accused: Annotated[
        list[str], AnyOf("Who is it about?", PEOPLE, lambda _: MOST_PEOPLE,
        help="Pick everyone it is about: they never see it or hear of it here. I don’t look for names in what you write."),
    ] = Field(default_factory=list)  # fmt: skip
    concerned: Annotated[Text, Words("Someone you can’t find above?", 200, placeholder="A name, or a team")] = ""
    conflicts: Annotated[
        list[str],
        AnyOf(
            "Should any of these people not see it?", READERS, lambda _: MOST_PEOPLE,
            help="They would normally get it. The ones you pick won’t see it or hear of it here, nor will their deputies.",
        ),
    ] = Field(default_factory=list)  # fmt: skip
    named: Annotated[
        Literal["named", "withheld"], OneOf("May they know your name?", lambda _: NAMED,
        help="With your name they can ask you in this chat.", initial="withheld"),
    ] = "withheld"  # fmt: skip


LINK_LASTS = timedelta(minutes=10)
WRITING = timedelta(hours=1)  # for which the page belongs to the person writing
LONGEST_TOKEN = 2000  # characters of a token
PATH = "/report/start"
TITLE = "Report in confidence"
LINK, FORM = "breach start", "breach writing"
"""What a token is for: the link in a chat, or the form that it opens.

They aren't interchangeable, and each has its own lifetime.
"""
_ABOUT = "start"
OVER = "This link has expired. Please ask for a new one in your chat, or use the page /report without one."


@dataclass(frozen=True, slots=True)
class Start:
    """What a token says: whose account it is, when it ends, and a random id, so that a page knows it was used."""

    account: str
    ends: datetime
    id: str


def make_token(keys: sealing.Keys, account: str, now: datetime, purpose: str = LINK) -> str:
    """Make a token for ten minutes, or for an hour of writing; nothing is stored, so nothing on disk ties the account to a report."""
    content = json.dumps([account, (now + _how_long_valid(purpose)).timestamp(), sealing.new_secret()])
    return urlsafe_b64encode(keys.seal(content.encode(), _ABOUT, purpose)).decode().rstrip("=")


def _how_long_valid(purpose: str) -> timedelta:
    """Return how long a token for this purpose is valid."""
    return WRITING if purpose == FORM else LINK_LASTS


def read_token(keys: sealing.Keys, token: str, now: datetime, purpose: str = LINK) -> Start:
    """Read a token; raises `Refused` if it has ended, was changed, or isn't one."""
    try:
        raw = urlsafe_b64decode(token[:LONGEST_TOKEN] + "=" * (-len(token) % 4))
        account, ends, name = json.loads(keys.open(raw, _ABOUT, purpose))
    except (sealing.Unopened, ValueError) as error:
        raise Refused(OVER, code="start_over") from error
    start = Start(account, datetime.fromtimestamp(ends, UTC), name)
    # A token made while the clock was ahead lasts no longer than any other.
    if not now <= start.ends <= now + _how_long_valid(purpose):
        raise Refused(OVER, code="start_over")
    return start


def link_page(keys: sealing.Keys, account: str, now: datetime, public_url: str) -> Page:
    """Return the page that a chat shows instead of the form: a link to the bot's own page."""
    link = f"{public_url}{PATH}#{make_token(keys, account, now)}"
    minutes = LINK_LASTS.seconds // 60
    return Page(
        TITLE,
        (
            Line(
                f"You write your report on a separate page, so none of it is in this chat. The link is only for you, works once and expires in {minutes} minutes."
            ),
            Actions((Button("report_page", "Write a report", "", "primary", url=link),)),
            Small("P13 · The chat platform knows that you asked for this; the page /report doesn’t ask who you are."),
        ),
        "Report a suspected breach in confidence, on a separate page.",
    )


UNKNOWN = "I don’t recognise that receipt. Please check every letter, including capitals."
MOST = 50  # entries of a reporter to one report
_REPLY: TypeAdapter[Filed] = sealing.unseen_adapter(Filed)


def from_form(form: ReportForm, key: str) -> Intent[Filed]:
    """Make the intent that files a chat form; its handler reads the account from the actor."""
    statement = Statement(
        "chat", form.what, form.when, form.which, tuple(form.accused), form.concerned, tuple(form.conflicts),
        form.named == "named",
    )  # fmt: skip
    return file_report(statement, key)


@handler("breach.file", clause="P13", private=True)
def file_report(ctx: Context, told: Statement, once: str) -> Result[Filed]:
    """P13: file a report. Only people read its words. The same form sent again is filed once."""
    vault = Vault(ctx)
    if (before := _sent_before(ctx, vault, once)) is not None:
        return Result(before)
    return Result(_remember_reply(ctx, vault, once, _store_report(ctx, _report_from_words(ctx, told))))


def _store_report(ctx: Context, known: Known) -> Filed:
    """Store a report and ask its readers; return the receipt and what its reporter is promised."""
    opened, receipt = Vault(ctx).file(known)
    by = "bot" if known.source == "bot" else "reporter"
    opened.save(Entry(kind="filed", by=by, at=known.day.isoformat()))
    handling = readers.seat_readers(ctx, opened)
    zone = ZoneInfo(ctx.policy.lines[ctx.policy.company.home_line].time_zone)
    promised = known.promised
    return Filed(
        receipt, promised.acknowledge.astimezone(zone).date(), promised.feedback.astimezone(zone).date(),
        phrases.until_then(ctx.policy.breach.last_resort) if handling.sealed else "", readers.bring_files_to(ctx, handling),
    )  # fmt: skip


def _begin_report(ctx: Context, **fields: object) -> Known:
    """Make a report from its fields, with the dates promised now: a calendar changed later doesn't move them."""
    came = breach.receipt_at(ctx.policy, ctx.now)
    return Known.model_validate(
        {"day": came.day, "late": came.late, "promised": breach.promised_moments(ctx.policy, came), **fields}
    )


def _report_from_words(ctx: Context, told: Statement) -> Known:
    """Make a report from what its reporter wrote.

    Only with a name does it keep who the reporter is. Raises `Refused` at the field for unknown people.
    """
    chat = told.source == "chat"
    accused = finding.check_colleagues(ctx, told.accused, "accused") if chat else ()
    conflicts = finding.check_colleagues(ctx, told.conflicts, "conflicts") if chat else _people_at(ctx, told.conflicts)
    account = ctx.who.account if chat else told.account
    reporter = _reporter_id(ctx, account)
    # A would-be reader who withholds their name is kept like any other conflict, so no one can tell the difference.
    hidden = readers.find_would_be_readers(ctx, [reporter]) if reporter and not told.named else frozenset[int]()
    return _begin_report(
        ctx, source=told.source, what=told.what, when=told.when, which=told.which, concerned=told.concerned,
        accused=list(dict.fromkeys(accused)), conflicts=sorted({*conflicts, *hidden}), named=told.named,
        reporter=reporter if told.named else 0, reporter_name=told.name if told.named else "",
        account=account if told.named else "",
    )  # fmt: skip


def _people_at(ctx: Context, addresses: Iterable[str]) -> Iterable[int]:
    """Return the ids of the people with these addresses; nothing is stored."""
    return ctx.store.people.resolve(addresses, make=False).values()


def _reporter_id(ctx: Context, account: str) -> int:
    """Return the id of the account's owner if known already, else 0; nothing is looked up or stored."""
    known = ctx.store.people.account(*Actor(account).address)
    if known is None or not known.email_key:
        return 0
    return known.person_id or next(iter(_people_at(ctx, [known.email_key])))


def _in_an_hour(ctx: Context) -> datetime:
    """Return a moment at most an hour away, on a quarter of an hour, so that no minute is kept."""
    end = ctx.now + LASTS
    return end - timedelta(minutes=end.minute % 15, seconds=end.second, microseconds=end.microsecond)


def _remember_reply(ctx: Context, vault: Vault, once: str, reply: Filed) -> Filed:
    """Store the reply for a while, sealed, in case a dialog or page sends the same form twice; return it."""
    mark = ctx.keys.mark("breach sent", once)
    words = ctx.keys.seal(_REPLY.dump_json(reply), mark, "breach sent", once)
    vault.rows.insert(ReportPart(name=mark, kind=SENT, sealed=words, due_at=_in_an_hour(ctx)))
    return reply


def _sent_before(ctx: Context, vault: Vault, once: str) -> Filed | None:
    """Return the reply to the same form if it was sent before, else None."""
    mark = ctx.keys.mark("breach sent", once)
    row = vault.rows.row(ReportPart, mark)
    return _REPLY.validate_json(ctx.keys.open(row.sealed, mark, "breach sent", once)) if row else None


def receipt_exists(ctx: Context, receipt: str) -> bool:
    """Return True if a report has this receipt; it only reads, so that it can be asked before an intent."""
    return Vault(ctx).rows.first_row(Report, Report.receipt == ctx.keys.mark_of_pass("receipt", receipt)) is not None


@handler("breach.follow", clause="P13", private=True)
def follow_report(ctx: Context, receipt: str) -> Result[ReporterView]:
    """Show the report to the holder of its receipt."""
    return Result(_reporter_view(ctx, _open_with_receipt(ctx, receipt)))


@handler("breach.add", clause="P13", private=True)
def add_words(ctx: Context, receipt: str, words: str) -> Result[ReporterView]:
    """Add words, or an answer, from the holder of the receipt; no minute of it is kept."""
    return Result(_add_fact(ctx, _open_with_receipt(ctx, receipt), words))


@handler("breach.read_own", clause="P13", about="report", private=True)
def read_own_report(ctx: Context, report: str, session: str) -> Result[ReporterView]:
    """Show the report to a reporter who gave a name and came from a button in chat."""
    return Result(_reporter_view(ctx, readers.open_for_reporter(ctx, report, session)))


@handler("breach.add_own", clause="P13", about="report", private=True)
def add_own_words(ctx: Context, report: str, session: str, words: str) -> Result[ReporterView]:
    """Add words, or an answer, from a reporter who gave a name."""
    return Result(_add_fact(ctx, readers.open_for_reporter(ctx, report, session), words))


def _open_with_receipt(ctx: Context, receipt: str) -> Opened:
    """Open the report that has this receipt; raises `Refused` if there is none."""
    one = Vault(ctx).with_receipt(receipt)
    if one is None:
        raise Refused(UNKNOWN, clause="P13", code="no_receipt")
    return one


def _reporter_view(ctx: Context, one: Opened) -> ReporterView:
    """Return the report for its reporter, after asking the rule again who reads it."""
    return showing.reporter_view(ctx, one, readers.seat_readers(ctx, one))


def _add_fact(ctx: Context, one: Opened, words: str) -> ReporterView:
    """Add the reporter's words to a report, tell its readers, and return the reporter's view."""
    trimmed, before = _check_reporter_words(one, words), [reader.person for reader in one.known.handlers]
    day = breach.receipt_at(ctx.policy, ctx.now).day.isoformat()
    one.save(Entry(kind="fact", by="reporter", at=day, words=trimmed))
    view = _reporter_view(ctx, one)
    # A reader who has just begun to read gets an alert for the whole report instead.
    for reader in (one for one in one.known.handlers if one.person in before):
        cards.queue_message(ctx, one, reader.person, "more")
    return view


def _check_reporter_words(one: Opened, words: str) -> str:
    """Return the reporter's words trimmed; raises `Refused` if they can't be added."""
    told = words.strip()
    if not told or len(told) > LONGEST:
        raise Refused.at({"words": f"Please write something, at most {LONGEST:,} characters."}, clause="P13")
    if not one.known.open:
        raise Refused("This report is closed. Please send a new one, and say what this one was about.", clause="P13")
    if sum(entry.kind == "fact" for entry in one.known.log) >= MOST:
        raise Refused("You have reached the limit. Please wait for an answer first.", clause="P13")
    return told


MOST_TOLD = 20
NEWEST = 2000  # entries of the log; with a smaller number of findings what was told of already would hide the rest
VANISHED = (
    "Calls have disappeared from the recording system before their time. I didn’t erase them, so someone else did."
)
ASTRAY = "An e-mail to a customer went to the wrong address. I stopped its link as soon as I knew."
WRONG_ADDRESS = "customer.wrong_address"


@handler("breach.notice", clause="P13", private=True)
def report_findings(ctx: Context) -> Result[int]:
    """File reports on what the database shows now: calls that vanished, and mails to a wrong address. Returns how many."""
    vault, newest = Vault(ctx), ctx.store.audit.head()[0] - NEWEST
    astray = (AuditEntry.seq > newest, AuditEntry.outcome == "done", AuditEntry.action == WRONG_ADDRESS)
    found = ctx.store.rows(AuditEntry, *astray, by=(AuditEntry.seq,))
    return Result(_file_vanished(ctx, vault) + sum(_file_wrong_address(ctx, vault, one) for one in found))


def _file_vanished(ctx: Context, vault: Vault) -> int:
    """File one report a day on calls that vanished early; return 1 or 0.

    A call that came back as another file and vanished again counts again.
    """
    early = (Recording.state == "gone", Recording.erase_at > ctx.now)
    calls, today = ctx.store.rows(Recording, *early, by=(Recording.id,)), f"vanished:{ctx.policy.company_day(ctx.now)}"
    if not calls or vault.has_cause(today):
        return 0
    causes = {f"vanished:{one.id}:{one.stamp}": one.id for one in calls}
    new = [causes[name] for name in vault.new_causes(causes)]
    if not new:
        return 0
    vault.new_causes([today])
    lines = [f"Call {one.id}, {showing.call_text(ctx, one)}" for one in ctx.store.recordings.all_of(new[:MOST_TOLD])]
    more = [f"And {phrases.quantity_words(len(new) - MOST_TOLD, 'other')}."] if len(new) > MOST_TOLD else []
    _file_for_bot(ctx, "\n".join([VANISHED, *lines, *more]))
    return 1


def _file_wrong_address(ctx: Context, vault: Vault, entry: AuditEntry) -> int:
    """File a report on a mail that went to a wrong address; return 1, or 0 if that was reported before.

    The people who entered and released the address are kept out of it.
    """
    detail = entry.detail
    if not vault.new_causes([f"astray:{detail['mail']}"]):
        return 0
    ids = {detail[name] for name in ("addressed_by", "released_by") if detail.get(name) is not None}
    calls = ", ".join(map(str, detail["recordings"])) or "none"
    words = f"Request {entry.subject}, found on {entry.at[:10]}; calls by their number: {calls}"
    _file_for_bot(ctx, f"{ASTRAY}\n{words}", ids)
    return 1


def _file_for_bot(ctx: Context, facts: str, whose: Iterable[int] = ()) -> None:
    """File facts as the bot, and keep out the people whose act it was (ids in `whose`)."""
    _store_report(ctx, _begin_report(ctx, source="bot", what=facts, accused=sorted(set(whose))))

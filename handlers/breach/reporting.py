"""Filing a report, and what its reporter reads and writes later: with the receipt, or by who gave a name (P13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from handlers import colleagues
from handlers.acting import Act, Done, Visitor
from handlers.breach import messages
from handlers.breach.forms import LONGEST, ReportForm
from handlers.breach.known import Known, Noted
from handlers.breach.seating import everywhere, seat, whom_to_bring_it
from handlers.breach.sessions import own
from handlers.breach.showing import to_reporter
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.breach.view import Filed, ReporterView, Told
from handlers.handling import Intent, handler
from handlers.rules.breach import moments, received, would_be_readers
from handlers.rules.refusal import Refused
from handlers.unseen import unseen
from storage.tables.breaches import ReportDraft

UNKNOWN = "I know no such receipt. Please look whether every letter is there; capital and small letters differ."
MOST = 50  # entries of a reporter to one report
_REPLY: TypeAdapter[Filed] = unseen(Filed)


def from_form(form: ReportForm, key: str) -> Intent[Filed]:
    """What the form of a chat wants; whose account it is, the handler reads from who stands at the door."""
    told = Told(
        "chat", form.what, form.when, form.which, tuple(form.accused), form.concerned, tuple(form.conflicts),
        form.named == "named",
    )  # fmt: skip
    return file(told, key)


@handler("breach.file", clause="P13", private=True)
def file(act: Act, told: Told, once: str = "") -> Done[Filed]:
    """P13: filed at once; what somebody wrote is read by people alone. The same sent again is filed once."""
    vault = Vault(act)
    if (before := _sent_before(act, vault, once)) is not None:
        return Done(before)
    return Done(_remember(act, vault, once, _filed(act, vault, _known(act, told))))


def from_bot(act: Act, vault: Vault, facts: str, whose: Iterable[str] = ()) -> None:
    """A report of the bot's own: facts, and out of it whose act it was (addresses in normal form)."""
    _filed(act, vault, _begun(act, source="bot", what=facts, accused=sorted(set(whose))))


def _filed(act: Act, vault: Vault, known: Known) -> Filed:
    one, receipt = vault.file(known)
    by = "bot" if known.source == "bot" else "reporter"
    vault.save(one, Noted(kind="filed", by=by, at=known.day.isoformat()))
    handling = seat(act, vault, one)
    zone = ZoneInfo(act.policy.lines[act.policy.company.home_line].time_zone)
    promised = known.promised
    return Filed(
        receipt, promised.acknowledge.astimezone(zone).date(), promised.feedback.astimezone(zone).date(),
        act.policy.breach.last_resort if handling.sealed else "", whom_to_bring_it(act, handling),
    )  # fmt: skip


def _begun(act: Act, **told: object) -> Known:
    """What was promised is kept with the report, so that a calendar that changes later moves nothing."""
    came = received(act.policy, act.now)
    return Known.model_validate({"day": came.day, "late": came.late, "promised": moments(act.policy, came), **told})


def _known(act: Act, told: Told) -> Known:
    chat = told.source == "chat"
    accused = colleagues.addresses(act, told.accused, "accused") if chat else told.accused
    conflicts = colleagues.addresses(act, told.conflicts, "conflicts") if chat else told.conflicts
    account = act.who.account if chat else told.account
    reporter = _reporter(act, account)
    readers = {one.email for one in would_be_readers(act.policy)}
    # A would-be reader who withholds his or her name is kept like any other conflict, and not told from one.
    hidden = everywhere(act, [reporter]) & readers if reporter and not told.named else frozenset[str]()
    return _begun(
        act, source=told.source, what=told.what, when=told.when, which=told.which, concerned=told.concerned,
        accused=list(dict.fromkeys(accused)), conflicts=sorted({*conflicts, *hidden}), named=told.named,
        reporter=reporter if told.named else "", reporter_name=told.name if told.named else "",
        account=account if told.named else "",
    )  # fmt: skip


def _reporter(act: Act, account: str) -> str:
    """The address of whose account it is, as far as that is stored already; nothing is looked up or stored for it."""
    known = act.store.people.account(*Visitor(account).address)
    return known.email_key if known is not None else ""


def _in_an_hour(act: Act) -> datetime:
    """An hour at most: a quarter of an hour is told by it, and no minute."""
    end = act.now + LASTS
    return end - timedelta(minutes=end.minute % 15, seconds=end.second, microseconds=end.microsecond)


def _remember(act: Act, vault: Vault, once: str, reply: Filed) -> Filed:
    """For as long as a draft is good the same is answered alike: a dialog or a page may send it twice."""
    if once:
        mark = act.keys.mark("breach sent", once)
        words = act.keys.seal(_REPLY.dump_json(reply), mark, "breach sent", once)
        vault.rows.add(ReportDraft(mark=mark, sealed=words, ends_at=_in_an_hour(act)))
    return reply


def _sent_before(act: Act, vault: Vault, once: str) -> Filed | None:
    mark = act.keys.mark("breach sent", once)
    row = vault.rows.draft(mark) if once else None
    return _REPLY.validate_json(act.keys.open(row.sealed, mark, "breach sent", once)) if row else None


def receipt_stands(act: Act, receipt: str) -> bool:
    """Whether there is a report with this receipt: what is asked before the door only reads."""
    return Vault(act).rows.with_receipt(act.keys.mark_of_pass("receipt", receipt)) is not None


@handler("breach.follow", clause="P13", private=True)
def follow(act: Act, receipt: str) -> Done[ReporterView]:
    """Whoever holds the receipt sees how it stands."""
    vault = Vault(act)
    return Done(_shown(act, vault, _with_receipt(vault, receipt)))


@handler("breach.add", clause="P13", private=True)
def add(act: Act, receipt: str, words: str) -> Done[ReporterView]:
    """More, or an answer, by whoever holds the receipt; no minute of it is kept."""
    vault = Vault(act)
    return Done(_added(act, vault, _with_receipt(vault, receipt), words))


@handler("breach.read_own", clause="P13", about="report", private=True)
def read_own(act: Act, report: str, session: str) -> Done[ReporterView]:
    """The same for who gave a name and came from a button in chat."""
    vault = Vault(act)
    return Done(_shown(act, vault, own(act, vault, report, session)))


@handler("breach.add_own", clause="P13", about="report", private=True)
def add_own(act: Act, report: str, session: str, words: str) -> Done[ReporterView]:
    """More, or an answer, by who gave a name."""
    vault = Vault(act)
    return Done(_added(act, vault, own(act, vault, report, session), words))


def _with_receipt(vault: Vault, receipt: str) -> Opened:
    one = vault.with_receipt(receipt)
    if one is None:
        raise Refused(UNKNOWN, clause="P13", code="no_receipt")
    return one


def _shown(act: Act, vault: Vault, one: Opened) -> ReporterView:
    return to_reporter(act, one, seat(act, vault, one))


def _added(act: Act, vault: Vault, one: Opened, words: str) -> ReporterView:
    told, before = _fit(one, words), [reader.email for reader in one.known.handlers]
    day = received(act.policy, act.now).day.isoformat()
    vault.save(one, Noted(kind="fact", by="reporter", at=day, words=told))
    view = _shown(act, vault, one)
    # Whoever begins to read by it was told of the whole.
    for reader in (one for one in one.known.handlers if one.email in before):
        messages.tell(act, vault, one, reader.email, "more")
    return view


def _fit(one: Opened, words: str) -> str:
    told = words.strip()
    if not told or len(told) > LONGEST:
        raise Refused.at({"words": f"Please write something, at most {LONGEST:,} characters."}, clause="P13")
    if not one.known.open:
        raise Refused("This report is closed. Please send a new one, and name what this one was about.", clause="P13")
    if sum(entry.kind == "fact" for entry in one.known.log) >= MOST:
        raise Refused("You have written a great deal already. Please wait for an answer first.", clause="P13")
    return told

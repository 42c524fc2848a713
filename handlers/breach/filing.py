"""Filing a report: nothing of it stands outside the report, and the receipt is told once (P13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from handlers import colleagues
from handlers.acting import Act, Done, Visitor
from handlers.breach import intents
from handlers.breach.as_logged import filed
from handlers.breach.forms import ReportForm
from handlers.breach.known import Known, Noted
from handlers.breach.seating import everywhere, seat, whom_to_bring_it
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.rules.breach import turn_to, would_be_readers
from handlers.rules.breach_clock import moments, received
from handlers.unseen import unseen
from storage.tables.breaches import ReportDraft

_REPLY: TypeAdapter[intents.Filed] = unseen(intents.Filed)


def from_form(form: ReportForm, key: str) -> intents.File:
    """What the form of a chat wants; whose account it is, the handler reads from who stands at the door."""
    told = intents.Told(
        "chat", form.what, form.when, form.which, tuple(form.accused), form.concerned, tuple(form.conflicts),
        form.named == "named",
    )  # fmt: skip
    return intents.File(told, key)


def file(act: Act, intent: intents.File) -> Done[intents.Filed]:
    """P13: filed at once; what somebody wrote is read by people alone. The same sent again is filed once."""
    vault = Vault(act)
    if (before := _sent_before(act, vault, intent.once)) is not None:
        return Done(before)
    return Done(_remember(act, vault, intent.once, _filed(act, vault, _known(act, intent.told))))


def from_bot(act: Act, vault: Vault, facts: str, whose: Iterable[str], around: Iterable[str] = ()) -> None:
    """A report of the bot's own: facts, and out of it whose act it was, and unnamed whom it goes `around` (addresses in normal form)."""
    accused = sorted(set(whose) - {""})
    known = Known(source="bot", what=facts, accused=accused, conflicts=sorted(set(around) - {""}))
    _filed(act, vault, known)


def _filed(act: Act, vault: Vault, known: Known) -> intents.Filed:
    came = received(act.policy, act.now)
    one, receipt = vault.file(known, came.day, late=came.late)
    by = "bot" if known.source == "bot" else "reporter"
    begin_clock(act, vault, one)
    said = filed(one.report, vault.rows.steps(one.id))
    vault.note(one, Noted(kind="filed", by=by, at=came.day.isoformat(), about=said))
    handling, promised = seat(act, vault, one), moments(act.policy, came)
    zone = ZoneInfo(act.policy.lines[act.policy.company.home_line].time_zone)
    days = promised.acknowledge.astimezone(zone).date(), promised.feedback.astimezone(zone).date()
    return intents.Filed(receipt, *days, turn_to(act.policy, handling), whom_to_bring_it(act, handling))


def _in_an_hour(act: Act) -> datetime:
    """An hour at most: a quarter of an hour is told by it, and no minute."""
    end = act.now + LASTS
    return end - timedelta(minutes=end.minute % 15, seconds=end.second, microseconds=end.microsecond)


def begin_clock(act: Act, vault: Vault, one: Opened) -> None:
    """What was promised is kept with the report, so that a calendar that changes later moves nothing."""
    promised = moments(act.policy, received(act.policy, act.now))
    for kind, at in (("acknowledge", promised.acknowledge), ("waits", promised.waits), ("feedback", promised.feedback)):
        vault.rows.step(one.id, kind, at)


def _known(act: Act, told: intents.Told) -> Known:
    chat = told.source == "chat"
    accused = colleagues.addresses(act, told.accused, "accused") if chat else told.accused
    conflicts = colleagues.addresses(act, told.conflicts, "conflicts") if chat else told.conflicts
    account = act.who.account if chat else told.account
    reporter = _reporter(act, account)
    readers = {one.email for one in would_be_readers(act.policy)}
    # A would-be reader who withholds his or her name is kept like any other conflict, and not told from one.
    hidden = everywhere(act, [reporter]) & readers if reporter and not told.named else frozenset[str]()
    return Known(
        source=told.source, what=told.what, when=told.when, which=told.which, concerned=told.concerned,
        accused=list(dict.fromkeys(accused)), conflicts=sorted({*conflicts, *hidden}), named=told.named,
        reporter=reporter if told.named else "", reporter_name=told.name if told.named else "",
        account=account if told.named else "",
    )  # fmt: skip


def _reporter(act: Act, account: str) -> str:
    """The address of whose account it is, as far as that is stored already; nothing is looked up or stored for it."""
    known = act.store.people.account(*Visitor(account).address)
    return known.email_key if known is not None else ""


def _remember(act: Act, vault: Vault, once: str, reply: intents.Filed) -> intents.Filed:
    """For as long as a draft is good the same is answered alike: a dialog or a page may send it twice."""
    if once:
        mark = act.keys.mark("breach sent", once)
        words = act.keys.seal(_REPLY.dump_json(reply), mark, "breach sent", once)
        vault.rows.add(ReportDraft(mark=mark, sealed=words, ends_at=_in_an_hour(act)))
    return reply


def _sent_before(act: Act, vault: Vault, once: str) -> intents.Filed | None:
    mark = act.keys.mark("breach sent", once)
    row = vault.rows.draft(mark) if once else None
    return _REPLY.validate_json(act.keys.open(row.sealed, mark, "breach sent", once)) if row else None

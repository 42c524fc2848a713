"""Filing a report: nothing of it stands outside the report, and the receipt is told once (P13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from handlers import colleagues
from handlers.acting import Act, Done, Visitor
from handlers.breach import intents
from handlers.breach.as_logged import filed
from handlers.breach.forms import KeepOutForm, ReportForm
from handlers.breach.known import Known, Noted
from handlers.breach.seating import called, everywhere, seat, whom_to_bring_it
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.ids import hashed, new_secret
from handlers.keys import Unopened
from handlers.rules.breach import turn_to, would_be_readers
from handlers.rules.breach_clock import moments, received
from handlers.rules.naming import named_in
from handlers.rules.refusal import Refused
from handlers.unseen import Unseen, unseen
from storage.tables.breaches import ReportDraft

Reply: TypeAlias = intents.Filed | intents.Asked
GONE = "What you wrote waited for an hour and is gone. Nothing was sent. Please write it again."
_REPLY: TypeAdapter[Reply] = unseen(Reply)


class Draft(Unseen):
    """What was written and is not filed yet; `left` are would-be readers whom the words seem to name and who were not asked about."""

    known: Known
    left: list[str]


def from_form(form: ReportForm, key: str) -> intents.File:
    """What the form of a chat wants; whose account it is, the handler reads from who stands at the door."""
    told = intents.Told(
        "chat", form.what, form.when, form.which, tuple(form.accused), form.concerned, tuple(form.conflicts),
        form.named == "named",
    )  # fmt: skip
    return intents.File(told, key)


def from_answer(draft: str, form: KeepOutForm, key: str) -> intents.Settle:
    """What the answer to the question wants."""
    return intents.Settle(draft, form.kept_out == "yes")


def file(act: Act, intent: intents.File) -> Done[Reply]:
    """P13: filed at once, unless the words seem to name somebody who would read it; the same sent again is filed once."""
    vault = Vault(act)
    if (before := _sent_before(act, vault, intent.once)) is not None:
        return Done(before)
    known = _known(act, intent.told)
    reply = _next(act, vault, Draft(known=known, left=_named(act, known)))
    return Done(_remember(act, vault, intent.once, reply))


def from_bot(act: Act, vault: Vault, facts: str, whose: Iterable[str], around: Iterable[str] = ()) -> None:
    """A report of the bot's own: facts, and out of it whose act it was, and unnamed whom it goes `around` (addresses in normal form)."""
    asked = sorted(one.email for one in would_be_readers(act.policy))
    accused = sorted(set(whose) - {""})
    known = Known(source="bot", what=facts, accused=accused, conflicts=sorted(set(around) - {""}), asked_about=asked)
    _filed(act, vault, Draft(known=known, left=[]))


def settle(act: Act, intent: intents.Settle) -> Done[Reply]:
    """The next question, or it is filed; what waited for the answer is forgotten, and the same answer again is answered alike."""
    if (before := answered(act, intent.draft)) is not None:
        return Done(before)
    vault, draft = Vault(act), _taken(act, intent.draft)
    if draft.left and intent.kept_out:
        draft.known.conflicts.append(draft.left[0])
    draft.left = draft.left[1:]
    return Done(_remember(act, vault, _once(intent.draft), _next(act, vault, draft)))


def reopen(act: Act, intent: intents.Reopen) -> Done[intents.Told]:
    """The draft is forgotten: what is sent next is another one."""
    known = _taken(act, intent.draft).known
    return Done(
        intents.Told(
            known.source, known.what, known.when, known.which, concerned=known.concerned,
            conflicts=tuple(known.conflicts), named=known.named, name=known.reporter_name,
        )
    )  # fmt: skip


def waiting(act: Act, draft: str) -> Draft | None:
    """What waits for the answer to this draft; for no longer than an hour."""
    return _opened(act, Vault(act).rows.draft(hashed(draft)), draft)


def answered(act: Act, draft: str) -> Reply | None:
    """What was answered already to the answer to this draft."""
    return _sent_before(act, Vault(act), _once(draft))


def _taken(act: Act, draft: str) -> Draft:
    """What waited, which is forgotten; raises `Refused` where it is gone."""
    rows = Vault(act).rows
    row, found = rows.draft(hashed(draft)), waiting(act, draft)
    if row is None or found is None:
        raise Refused(GONE, clause="P13", code="draft_gone")
    rows.forget(row)
    return found


def _once(draft: str) -> str:
    return f"draft {draft}"


def _next(act: Act, vault: Vault, draft: Draft) -> Reply:
    out = everywhere(act, draft.known.out)
    draft.left = [one for one in draft.left if one not in out]
    if not draft.left:
        return _filed(act, vault, draft)
    token = new_secret()
    words = act.keys.seal(draft.model_dump_json().encode(), "draft", "breach draft", token)
    vault.rows.add(ReportDraft(mark=hashed(token), sealed=words, ends_at=_in_an_hour(act)))
    [asked] = called(act, [one for one in would_be_readers(act.policy) if one.email == draft.left[0]])
    return intents.Asked(token, asked.name, asked.title)


def _filed(act: Act, vault: Vault, draft: Draft) -> intents.Filed:
    known, came = draft.known, received(act.policy, act.now)
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
        account=account if told.named else "", asked_about=sorted(readers),
    )  # fmt: skip


def _reporter(act: Act, account: str) -> str:
    """The address of whose account it is, as far as that is stored already; nothing is looked up or stored for it."""
    known = act.store.people.account(*Visitor(account).address)
    return known.email_key if known is not None else ""


def _named(act: Act, known: Known) -> list[str]:
    out = everywhere(act, known.out)
    seats = would_be_readers(act.policy)
    return [one.email for one in named_in(known.words, called(act, seats)) if one.email not in out]


def _remember(act: Act, vault: Vault, once: str, reply: Reply) -> Reply:
    """For as long as a draft is good the same is answered alike: a dialog or a page may send it twice."""
    if once:
        mark = act.keys.mark("breach sent", once)
        words = act.keys.seal(_REPLY.dump_json(reply), mark, "breach sent", once)
        vault.rows.add(ReportDraft(mark=mark, sealed=words, ends_at=_in_an_hour(act)))
    return reply


def _sent_before(act: Act, vault: Vault, once: str) -> Reply | None:
    mark = act.keys.mark("breach sent", once)
    row = vault.rows.draft(mark) if once else None
    return _REPLY.validate_json(act.keys.open(row.sealed, mark, "breach sent", once)) if row else None


def _opened(act: Act, row: ReportDraft | None, token: str) -> Draft | None:
    if row is None or not timedelta(0) < row.ends_at - act.now <= LASTS:
        return None
    try:
        return Draft.model_validate_json(act.keys.open(row.sealed, "draft", "breach draft", token))
    except Unopened:
        return None

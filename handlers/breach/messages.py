"""Messages of reports in chat: to whom each goes, when, whether it got there, and when it is drawn anew (P13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

from pydantic import ValidationError

from handlers.acting import Act, Done
from handlers.breach import intents
from handlers.breach.known import DECIDER, Seated
from handlers.breach.saying import SILENT, To, What, card, outlived
from handlers.breach.saying import over as over_card
from handlers.breach.vault import Opened, Vault
from handlers.cards import Card
from handlers.effects import UnknownKind, Unreadable
from handlers.ids import new_id
from handlers.keys import Unopened
from storage.breaches import LOST, OPEN, STALE, TOLD, WAITING
from storage.legible import Illegible
from storage.tables.breaches import ReportNotice

AT_ONCE = 20
LEASE, LONGEST_WAIT = timedelta(seconds=60), timedelta(minutes=15)
LATER = timedelta(minutes=5)  # until a newer version, or the key that opens it, may be there


def alert(act: Act, vault: Vault, one: Opened, reader: Seated, what: What = "alert") -> None:
    """A message to somebody with sight of the report."""
    to(act, vault, one, reader.email, what)


def to(act: Act, vault: Vault, one: Opened, email: str, what: What) -> None:
    """A message to a person by address (in normal form): who has sight of the report, or is only told that it waits."""
    _leave(act, vault, one.id, To(what=what, person=email))


def news(act: Act, vault: Vault, one: Opened) -> None:
    """A message to who gave a name; whoever withheld it has the receipt."""
    if one.known.account:
        _leave(act, vault, one.id, To(what="news", account=one.known.account))


def late(act: Act, vault: Vault, one: Opened) -> bool:
    """A message to who gave a name that nobody did yet what was promised; whether there is such a one. The page tells everybody."""
    if one.known.account:
        _leave(act, vault, one.id, To(what="late", account=one.known.account))
    return bool(one.known.account)


def moved(vault: Vault, one: Opened) -> None:
    """What stands somewhere and says that nobody did anything is to say that this is over; to whoever has sight of it, or made it."""
    those = {reader.email for reader in one.known.readers}
    found = ((row, told) for row, told in _rows(vault, one.id) if told.what in SILENT)
    _again(row for row, told in found if told.account or told.person in those)


def stale(vault: Vault, one: Opened, email: str = "") -> None:
    """Messages that stand somewhere already are to say how it is now: those to one person, or to all who have sight of it.

    Those to whoever lost sight of it stay as they are, for whatever cause, and lead nowhere: a card that changed would say that
    somebody is kept from it. What waits is drawn when it goes out, and does not go out to whom it is not for any more.
    """
    those = {email} if email else {reader.email for reader in one.known.readers}
    _again(row for row, told in _rows(vault, one.id) if told.person in those)


def wrap_anew(vault: Vault, row: ReportNotice) -> None:
    """A message, by the newest master key from now on."""
    row.sealed = vault.keys.anew(row.sealed, row.id, "breach notice") or row.sealed


def over(vault: Vault, one: Opened) -> None:
    """The report is about to be destroyed: what stands with those who have sight of it, or made it, is to say so."""
    those = {reader.email for reader in one.known.readers}
    _again(row for row, told in _rows(vault, one.id) if told.account or told.person in those)


def shown(act: Act, report: str, message: str) -> Card | None:
    """A report's card as it is now for who asks, and as this message told it; None for who neither reads nor made the report."""
    vault, email = Vault(act), act.me.email_key
    one = vault.for_reader(report, email) or (vault.by_rule(report) if vault.is_own(report, act.who.account) else None)
    mine = [to for _, to in _rows(vault, report) if email == to.person or act.who.account == to.account]
    mine.sort(key=lambda to: to.message != message)
    return card(act, vault, one, mine[0]) if one is not None and mine else None


def collect(act: Act, intent: intents.Collect) -> Done[list[intents.Message]]:
    """Each with its card as it is now; nobody else takes the same for a while. What is for nobody any more is given up."""
    vault = Vault(act)
    found = [_by_itself(act, vault, row) for row in vault.rows.notices(act.now, LONGEST_WAIT, AT_ONCE)]
    return Done([one for one in found if one is not None])


def _by_itself(act: Act, vault: Vault, row: ReportNotice) -> intents.Message | None:
    """Where something that it takes can't be read, it waits until that is mended."""
    name = row.id
    with suppress(Illegible), act.store.alone():
        return _taken(act, vault, row)
    vault.rows.put_off(name, act.now + LATER)
    return None


def delivered(act: Act, intent: intents.Delivered) -> Done[None]:
    """Where it stands is kept, so that it can be drawn anew; no minute is kept of when that was."""
    vault = Vault(act)
    row = vault.rows.notice(intent.name)
    if row is not None and vault.rows.get(row.report_id) is None:
        vault.rows.forget(row)
    elif row is not None and (to := _read(act, vault, row)) is not None:
        told = to.model_copy(
            update={"platform": intent.platform, "conversation": intent.conversation, "message": intent.message}
        )
        row.sealed, row.state, row.attempts, row.due_at = _sealed(act, row.id, told), TOLD, 0, _today(act)
    return Done(None)


def undelivered(act: Act, intent: intents.Undelivered) -> Done[None]:
    """Later; or never, where the person is out of reach: the rule asks somebody else then."""
    vault = Vault(act)
    row = vault.rows.notice(intent.name)
    if row is None:
        return Done(None)
    row.attempts += 1
    wait = timedelta(seconds=intent.wait * 2.0 ** min(row.attempts - 1, 5))
    row.due_at = act.now + min(wait, LONGEST_WAIT)
    if intent.gone:
        row.due_at = _today(act)
        _in_vain(act, vault, row)
    return Done(None)


def _in_vain(act: Act, vault: Vault, row: ReportNotice) -> None:
    """Whoever can't be reached counts as not there until he or she is seen again: the next tick seats somebody else (P13)."""
    if (told := _read(act, vault, row)) is None:
        return
    one = vault.by_rule(row.report_id)
    if one is not None and told.person:
        one.known.in_vain[told.person] = act.now.isoformat()
        vault.save(one)
    _lost(vault, row)


def _leave(act: Act, vault: Vault, report: str, to: To) -> None:
    """It goes out as soon as it can; no minute is kept of when that was. Of several alike that wait one is enough."""
    if any(row.state == WAITING and told == to for row, told in _rows(vault, report)):
        return
    name = new_id("M")
    row = ReportNotice(id=name, report_id=report, sealed=_sealed(act, name, to), state=WAITING, due_at=_today(act))
    vault.rows.add(row)


def _today(act: Act) -> datetime:
    return datetime.combine(act.now.astimezone(UTC).date(), time(), UTC)


def _rows(vault: Vault, report: str) -> Iterator[tuple[ReportNotice, To]]:
    """Those of a report that can be read; the others are seen to when they are to go out."""
    for row in vault.rows.notices_of(report):
        with suppress(UnknownKind, Unreadable):
            yield row, _to(vault, row)


def _again(rows: Iterable[ReportNotice]) -> None:
    for row in rows:
        if row.state == TOLD:
            row.state = STALE


def _lost(vault: Vault, row: ReportNotice) -> None:
    """Of a report that is destroyed not even that stays."""
    row.state = LOST
    if vault.rows.get(row.report_id) is None:
        vault.rows.forget(row)


def _spoilt(act: Act, vault: Vault, row: ReportNotice) -> None:
    """Nobody can say any more whom it was for: while the report is open, each reader without another message of it is told anew.

    Where nobody can even say of which report it was, so are those of all.
    """
    _lost(vault, row)
    for one in [vault.by_rule(row.report_id)] if row.report_id else vault.all():
        if one is not None and one.report.state == OPEN:
            _told_anew(act, vault, one)


def _told_anew(act: Act, vault: Vault, one: Opened) -> None:
    told = {to.person for _, to in _rows(vault, one.id)}
    for reader in one.known.readers:
        if reader.email not in told:
            alert(act, vault, one, reader, "hearing" if reader.role == DECIDER else "alert")


def _taken(act: Act, vault: Vault, row: ReportNotice) -> intents.Message | None:
    """One that is to go out now, and that nobody else takes for a while; one that can't keeps none of the others back."""
    row.due_at = act.now + LEASE
    if (to := _read(act, vault, row)) is None:
        return None
    one = vault.by_rule(row.report_id)
    if one is None and vault.rows.get(row.report_id) is not None:
        row.due_at = act.now + LATER
        return None
    message = _message(act, vault, row, to, one)
    if message is None:
        _lost(vault, row)
    return message


def _read(act: Act, vault: Vault, row: ReportNotice) -> To | None:
    """Whom it is for. What only a newer version knows waits for that one; what nobody can read is given up."""
    try:
        return _to(vault, row)
    except UnknownKind:
        row.due_at = act.now + LATER
    except Unreadable:
        _spoilt(act, vault, row)
    return None


def _message(act: Act, vault: Vault, row: ReportNotice, to: To, one: Opened | None) -> intents.Message | None:
    person = act.store.people.with_keys([to.person]).get(to.person) if to.person else None
    theirs = one is not None and _is_for(act, one, to)
    if (person is None and not to.account) or (
        row.state == WAITING and (one is None or not theirs or outlived(act, vault, one, to))
    ):
        return None
    drawn = card(act, vault, one, to) if one is not None and theirs else over_card(row.report_id, to)
    return intents.Message(
        row.id, drawn, person.id if person else None, to.account, to.platform, to.conversation, to.message,
    )  # fmt: skip


def _is_for(act: Act, one: Opened, to: To) -> bool:
    """Whether it is still for whom it was left: who gave a name, has sight of it, or is told that it waits and is not out."""
    if to.account or any(seat.email == to.person for seat in one.known.readers):
        return True
    return to.what == "waits" and to.person not in act.store.people.aliases(one.known.out)


def _to(vault: Vault, row: ReportNotice) -> To:
    """Raises `UnknownKind` for words that only a newer version has, and `Unreadable`."""
    try:
        return To.model_validate_json(vault.keys.open(row.sealed, row.id, "breach notice"))
    except Unopened:
        raise Unreadable(row.id) from None
    except ValidationError as error:
        unknown = any(one["type"] == "literal_error" for one in error.errors(include_input=False))
        raise (UnknownKind if unknown else Unreadable)(row.id) from None


def _sealed(act: Act, name: str, to: To) -> bytes:
    return act.keys.seal(to.model_dump_json().encode(), name, "breach notice")

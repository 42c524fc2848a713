"""Getting to the page of a report: a one-time code from chat, exchanged on a press, and a session that is looked at anew (P13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel

from handlers.acting import Act, Done
from handlers.breach import intents
from handlers.breach.known import Noted
from handlers.breach.seating import seat
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.ids import hashed, new_secret
from handlers.keys import opened, sealed
from handlers.rules.refusal import Refused
from storage.breach_records import ReportPass

CODE, SESSION = "code", "session"
CODE_LASTS, IDLE = timedelta(seconds=60), timedelta(minutes=15)
NONE = "I can’t find this."
OVER = "This page is no longer open to you. Please open it again from your chat."
SPENT = "This link was used already, or is older than a minute. Please press the button in your chat again."


class Holder(BaseModel):
    """Whose a code or a session is: a reader (an address in normal form), or who reported and gave a name (a chat account)."""

    part: Literal["reader", "reporter"]
    who: str


def link(act: Act, intent: intents.Link) -> Done[str]:
    """A code for who has sight of it or reported it; everybody else is answered as if there were no such report."""
    vault, account = Vault(act), act.who.account
    email = act.me.email_key
    if vault.has_sight(intent.report, email):
        holder = Holder(part="reader", who=email)
    elif vault.is_own(intent.report, account):
        holder = Holder(part="reporter", who=account)
    else:
        raise Refused(NONE, clause="P13", code="no_report")
    code = new_secret()
    _add(act, vault, code, CODE, intent.report, holder)
    return Done(code)


def exchange(act: Act, intent: intents.Exchange) -> Done[tuple[str, str]]:
    """Once, within a minute; a second use says that somebody else has the code, so it ends what was opened with it."""
    vault = Vault(act)
    row = vault.rows.passed(hashed(intent.code))
    if row is None or row.kind != CODE:
        raise Refused(SPENT, clause="P13", code="code_spent")
    if row.used:
        return Done((_used_twice(act, vault, row), ""))
    if not timedelta(0) < row.ends_at - act.now <= CODE_LASTS:
        raise Refused(SPENT, clause="P13", code="code_spent")
    row.used, row.ends_at, session = True, act.now + LASTS, new_secret()
    _add(act, vault, session, SESSION, row.report_id, _holder(act, row))
    return Done((row.report_id, session))


def reading(act: Act, vault: Vault, intent: intents.Within[Any]) -> Opened:
    """The report, for the reader whose session this is, with the rule asked again; raises `Refused` alike for all that is not so."""
    who = _lasting(act, vault, intent, "reader")
    row = vault.by_rule(intent.report) if who else None
    if row is not None and act.store.people.may_act(who):
        seat(act, vault, row)
    one = vault.for_reader(intent.report, who) if who and act.store.people.may_act(who) else None
    if one is None:
        raise Refused(OVER, clause="P13", code="over")
    return one


def own(act: Act, vault: Vault, intent: intents.Within[Any]) -> Opened:
    """The report, for who gave a name and whose session this is; raises `Refused`."""
    who = _lasting(act, vault, intent, "reporter")
    one = vault.by_rule(intent.report) if who else None
    if one is None or one.known.account != who:
        raise Refused(OVER, clause="P13", code="over")
    return one


def _lasting(act: Act, vault: Vault, intent: intents.Within[Any], part: str) -> str:
    """Whose session it is, which goes on for another quarter of an hour; empty where it is over."""
    row = vault.rows.passed(hashed(intent.session))
    if row is None or row.kind != SESSION or row.report_id != intent.report:
        return ""
    if not timedelta(0) < row.ends_at - act.now <= IDLE:
        return ""
    holder = _holder(act, row)
    row.ends_at = act.now + IDLE
    return holder.who if holder.part == part else ""


def _used_twice(act: Act, vault: Vault, row: ReportPass) -> str:
    """It is committed, so nothing is raised: the session that this code opened ends, and the report says so."""
    report, holder = row.report_id, _holder(act, row)
    vault.rows.end_passes(report)
    one = vault.by_rule(report)
    if one is not None:
        vault.note(one, Noted(kind="used_twice", by=holder.who, at=act.now.isoformat()))
    return ""


def _add(act: Act, vault: Vault, secret: str, kind: str, report: str, holder: Holder) -> None:
    mark = hashed(secret)
    words = sealed(act.keys.of("breach pass"), holder.model_dump_json().encode(), mark)
    lasts = CODE_LASTS if kind == CODE else IDLE
    vault.rows.add(ReportPass(hash=mark, kind=kind, report_id=report, sealed=words, ends_at=act.now + lasts))


def _holder(act: Act, row: ReportPass) -> Holder:
    return Holder.model_validate_json(opened(act.keys.of("breach pass"), row.sealed, row.hash))

"""P11: whatever is typed, named, dialled or written, the audit log holds ids only; and every handler is seen to."""

import json
from dataclasses import replace
from typing import Any

import pytest

from handlers import DUE, away, delivering, home, inbox, journal, listening, open_form, people, recordings
from handlers.access import deciding
from handlers.acting import CLOCK, COMMAND, DELIVERY, HANDLERS, WEB, Actor, Intent
from handlers.delivering import Job, MessageReference
from handlers.effects import Show
from handlers.inbox import NOT_OURS
from handlers.matters import asking
from handlers.matters.reminding import DUE as REMINDED
from handlers.matters.showing import note_press
from handlers.people import keep_account, settle_newcomer
from handlers.policy_review import steps
from handlers.policy_review.state import CompleteForm, DeclareForm
from handlers.rules.refusal import Refused
from tests.handlers.breach.reporting import report
from tests.handlers.builders import (
    CLAIM,
    Company,
    account,
    ask,
    call,
    chosen,
    email,
    ledger,
    meet,
    missed,
    player_of,
    refusal,
    register,
)
from tests.handlers.passing_time import claimed
from tests.ledgers import verdict_of

pytestmark = pytest.mark.long

CANARY = "Canary-7f3a"
ELSEWHERE = (
    "customer.", "declined.", "notices.", "random_review.", "figures.", "digest.", "clock.", "retention.", "hold.", "mirror.", "words.",
    "master_key.", "whose_data.", "recordings.not_registered",
)  # fmt: skip
"""What is tried with its own feature, in a folder beside this file."""
QUIET = (
    "access.expire", "access.recheck", "form.open", "recordings.wave", "delivery.claim", "delivery.postpone",
    "delivery.put_back", "delivery.fail", "home.", "inbox.collect", "inbox.keep", "inbox.put_off", "inbox.settle", "people.say",
    "people.leave", "people.block", "records.tidy", "policy_review.recheck", "matters.pressed", "log.journal_lost",
)  # fmt: skip
"""What leaves no entry here: it asks for nothing, or stands in the log under another name."""


async def _eventful_company(company: Company) -> None:
    """A life in which every free text, name, number and address has the canary in it."""
    anna = await meet(company.door, replace(account("UANNA", "Anna Quill"), name=f"Anna {CANARY}"))
    tara = await meet(company.door, replace(account("UTARA", "Tara Lindqvist"), name=f"Tara {CANARY}"))
    other = await meet(company.door, replace(account("UCAN", CANARY), email_key=f"{CANARY}@fernhill.example".lower()))
    facts = {"operator_name": f"Op {CANARY}", "operator_key": email(CANARY), "crm": CANARY}
    [recording] = await register(company.door, call(9, native_id=f"{CANARY}.wav", **facts))
    words: dict[str, Any] = {"crm": CANARY, "purpose": CANARY, "matter": CANARY, "basis": CANARY, "audience": CANARY}
    words |= {"concerned": [chosen("deven")]}
    claim = await ask(company, anna, calls=[recording], **{**CLAIM, **words})
    await company.door.enter(deciding.nudge_approvers(claim), anna)
    await company.door.enter(deciding.ask_requester(claim, CANARY), company.helena)
    await company.door.enter(deciding.answer_question(claim, CANARY), anna)
    await company.door.enter(deciding.pass_on(claim, CANARY), company.helena)
    await company.door.enter(deciding.deny_request(claim, CANARY), company.ruth)
    request = await ask(company, anna, calls=[recording], crm=CANARY, purpose=CANARY)
    await refusal(company, deciding.approve_request(request), other)
    await company.door.enter(deciding.approve_request(request), tara)
    opened = await player_of(company, request, anna)
    await company.door.enter(listening.note_served(opened.grant, opened.secret, recording, 0, 9), WEB)
    await company.door.enter(listening.note_heard(opened.grant, opened.secret, recording, 0, 9), WEB)
    await _more_time(company, anna, tara, request)
    await company.door.enter(home.open_home(), anna)
    await _delivered(company)
    await missed(company, request, tara)
    await company.door.enter(note_press(request), anna)
    await company.door.enter(deciding.withdraw_request(request), anna)
    await _another_call(company, anna, tara, recording, facts)
    await _forged(company, anna)
    await _two_of_one(company)
    await _reviewed(company)
    await _away(company, company.helena)
    await _nobody_answers(company)
    await _a_year_on(company)


async def _delivered(company: Company) -> None:
    for job in await claimed(company, 9):
        assert isinstance(job, Job)
        matter = job.effect.matter if isinstance(job.effect, Show) else ""
        reference = MessageReference(matter, "slack", "D1", "1.1", 1) if matter else None
        await company.door.enter(delivering.note_delivered(job.taken.id, "sent", "slack", matter, reference), DELIVERY)


async def _more_time(company: Company, anna: Actor, tara: Actor, request: str) -> None:
    for answer in (deciding.extend_access(request, "30"), deciding.deny_more_time(request)):
        await company.door.enter(deciding.ask_for_more_time(request), anna)
        await company.door.enter(answer, tara)


async def _a_year_on(company: Company) -> None:
    company.clock.pass_(days=365)
    await company.door.enter(steps.open_review(), CLOCK)
    await company.door.enter(journal.tell_of_break(1, "0" * 64), CLOCK)
    await company.door.enter(journal.note_restored(9, "0" * 64), CLOCK)
    await company.door.enter(journal.journal_lost(9, 4), CLOCK)


async def _reviewed(company: Company) -> None:
    """The policy is reviewed, with a change that two people call significant and one that they don't."""
    told = {"what": CANARY, "changed": "2026-11-24", "significant": "no"}
    held = {
        "took_part": CANARY, "held": "2026-11-24", "outcome": "changed", "words": CANARY, "following": "2027-11-24",
    }  # fmt: skip
    await company.door.enter(steps.keep_policy_text(), CLOCK)
    first, second = [
        (await company.door.enter(steps.declare_change(DeclareForm.read(told), f"slack:{one}"), company.helena)).review
        for one in range(2)
    ]
    await company.door.enter(steps.confirm_insignificant(first), company.ruth)
    await company.door.enter(steps.call_significant(second), company.ruth)
    await company.door.enter(steps.remind_of_review(second), CLOCK)
    await missed(company, second, company.ruth)
    await company.door.enter(steps.complete_review(second, CompleteForm.read(held)), company.helena)


async def _another_call(company: Company, anna: Actor, tara: Actor, recording: int, facts: dict[str, str]) -> None:
    """What was asked for and what was approved becomes another call, and is gone at last."""
    again = await ask(company, anna, calls=[recording], crm=CANARY, purpose=CANARY)
    await company.door.enter(recordings.identify_call(recording, "1", "0" * 64), CLOCK)
    await company.door.enter(deciding.approve_request(again), tara)
    await register(company.door, call(9, native_id=f"{CANARY}.wav", stamp="2", **facts))
    await register(company.door, call(9, native_id=f"{CANARY}.wav", stamp="3", **facts))
    await company.door.enter(recordings.register_calls("file", [], [f"{CANARY}.wav"]), CLOCK)


async def _nobody_answers(company: Company) -> None:
    """Everything that silence brings, and what is said of it."""
    heard, waits, claim = [
        await ask(company, company.anna, crm=f"CS-{one}", **more) for one, more in enumerate(({}, {}, CLAIM))
    ]
    await company.door.enter(deciding.approve_request(heard), company.tara)
    company.clock.pass_(hours=8)  # nobody works: what alarms say of it waits for the morning
    for kind, step in DUE.items():
        for matter in (heard, waits, claim) if kind.startswith("access.") and kind != "access.end" else ():
            await company.door.enter(step(matter), CLOCK)
    company.clock.pass_(days=30)
    for who in (company.anna, company.tara) * 2:  # so late that it is first asked for anew
        await company.door.enter(DUE[REMINDED](str(who.person_id)), CLOCK)


async def _away(company: Company, who: Actor) -> None:
    day = company.clock.now.date()
    await company.door.enter(away.enter_absence(day, day, CANARY), who)
    for one in await company.database.read(lambda store: store.entered.of(who.person_id or 0, day)):
        await company.door.enter(away.take_back(one.id), who)


async def _forged(company: Company, anna: Actor) -> None:
    """What a client may send where an id belongs."""
    for place, forged in enumerate((f"{CANARY} {CANARY}", f"<@{CANARY}>", "\0", "\ud800", "x" * 5000)):
        wishes: list[Intent[Any]] = [
            deciding.approve_request(forged),
            deciding.deny_request(forged, CANARY),
            listening.make_listen_code(forged),
        ]
        for wanted in wishes:
            with pytest.raises(Refused):
                await company.door.enter(wanted, anna, key=f"{place}{forged}{wanted.action}", whisper=True)
    with pytest.raises(Refused):
        await company.door.enter(open_form("access"), Actor(f"slack:{CANARY} {CANARY}"))


async def _two_of_one(company: Company) -> None:
    """Two accounts with one address, an alarm that reaches nobody and then somebody, and what settles it."""
    waits = await ask(company, company.anna, purpose=CANARY)
    await meet(company.door, replace(account("U0SECOND", "Tara Lindqvist"), name=f"Tara {CANARY}"))
    for who, outcome in ((company.ruth, asking.warn_next), (company.miles, asking.note_warned)):
        warn = (await ledger(company, who))[-1]
        await company.door.enter(outcome(warn.id, warn.payload["alarm"], "user_disabled"), DELIVERY)
    await missed(company, waits, company.tara, code="ambiguous")
    await company.door.enter(people.note_gone("slack", "U0SECOND"), DELIVERY)
    await meet(company.door, account("U0SECOND", "Tara Lindqvist"))
    await company.door.enter(keep_account("slack:UTARA"), COMMAND)
    await missed(company, waits, company.tara, code="is_archived")
    await company.door.enter(people.note_gone("slack", "UQUINN"), DELIVERY)
    await meet(company.door, replace(account("U0THIRD", "Quinn Abara"), name=f"Nia {CANARY}"))
    await company.door.enter(settle_newcomer("slack:U0THIRD"), COMMAND)


async def test_p11_the_log_holds_ids_only(company: Company) -> None:
    await _eventful_company(company)
    await report(company, company.anna, what=CANARY, named="named")
    await company.door.enter(inbox.set_aside(7, NOT_OURS), DELIVERY)
    rows = await company.database.read(lambda store: list(store.audit.exported()))
    assert len(rows) > 30
    for row in rows:
        told = json.dumps(row, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "quill", "lindqvist", "+61", "complains"):
            assert secret not in told, row
    assert not await company.database.read(lambda store: verdict_of(store).fault)
    handled = {row["action"] for row in rows}
    wanted = (kind.action for kind in HANDLERS if not kind.private)
    assert handled >= {one for one in wanted if not one.startswith((*ELSEWHERE, *QUIET))}

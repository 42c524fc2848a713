"""P11, C1: what is said of holds stands in the log as ids only, and whoever changes by hand what is stored of them is found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from handlers import HANDLERS
from handlers.acting import CLOCK, DELIVERY
from handlers.holds import intents
from handlers.holds.forms import AskForm, HoldForm, ReleaseForm
from handlers.rules.refusal import Refused
from tests.handlers.builders import Company, account, call, email, ledger, meet, refusal, register
from tests.handlers.holds.acts import (
    WORDS,
    about,
    ask,
    at,
    confirm,
    hold,
    rechecked,
    release,
    renew,
    stands,
)
from tests.reconciled import findings

pytestmark = pytest.mark.soak

CANARY = "Canary-7f3a"
QUIET = {"hold.begin", "hold.begin_setting", "hold.begin_changing"}
SAID: dict[str, Any] = {"case": CANARY, "reason": CANARY}


async def _eventful(company: Company) -> dict[str, str]:
    """Holds in every state, in which every free text, name, number and address has the canary in it."""
    await meet(company.door, replace(account("UANNA", "Anna Quill"), name=f"Anna {CANARY}"))
    facts = {
        "operator_name": f"Op {CANARY}",
        "operator_key": email(CANARY),
        "crm": CANARY,
        "native_id": f"{CANARY}.wav",
    }
    [recording] = await register(company.door, call(9, **facts))
    waits = (await ask(company, company.anna, [recording], **SAID, concerned=about("deven"))).hold
    kept = (await hold(company, company.helena, **SAID)).hold
    let_go = (await ask(company, company.tara, company.calls[1:2], **SAID)).hold
    await company.door.enter(_releasing(let_go), company.helena)
    await confirm(company, waits, company.helena)
    await renew(company, kept, company.helena, "2026-12-24")
    card = [one for one in await ledger(company, company.helena) if one.kind == "show"][-1]
    lost = intents.Reroute(kept, company.helena.person_id or 0, "user_disabled", card.id)
    await company.door.enter(lost, DELIVERY)
    await rechecked(company, kept)
    released = (await hold(company, company.helena, company.calls[2:], case=CANARY, reason=CANARY)).hold
    await release(company, released, company.helena)
    ended = (await hold(company, company.helena, company.calls[2:], **SAID, until="2026-12-01")).hold
    await company.door.enter(intents.Ending(ended), CLOCK)
    await at(company, (await stands(company, ended)).ends_at)
    return {"waits": waits, "kept": kept, "let_go": let_go, "released": released, "ended": ended}


def _releasing(one: str) -> intents.Release:
    return intents.Release(one, ReleaseForm.read({"words": CANARY}))


async def test_p11_the_log_holds_ids_only_of_holds_too(company: Company) -> None:
    await _eventful(company)
    for forged in (f"{CANARY} {CANARY}", f"<@{CANARY}>", "\0", "\ud800", "x" * 5000):
        with pytest.raises(Refused):
            await company.door.enter(intents.Confirm(forged), company.anna, key=forged, whisper=True)
    form = HoldForm.read({"recordings": ["1"], "until": "2027-01-01", **SAID, "concerned": [CANARY]})
    await refusal(company, intents.Set(form, CANARY), company.helena)
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    for row in rows:
        told = json.dumps(row, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "quill", "412345671"):
            assert secret not in told, row
    assert not await company.database.read(lambda store: store.audit.verify().fault)
    actions = {kind.action for kind in HANDLERS if kind.action.startswith("hold.")}
    assert {row["action"] for row in rows} >= actions - QUIET


async def test_p12_the_words_that_are_left_empty_are_refused_before_anything_is_kept() -> None:
    with pytest.raises(Refused) as refused:
        AskForm.read({**WORDS, "case": " ", "recordings": []})
    assert set(refused.value.fields) == {"case", "recordings"}


async def _changed(company: Company, *statements: str) -> str:
    for statement in statements:
        await company.database.write(lambda store, said=statement: store.session.execute(text(said)))  # type: ignore[misc]
    return " | ".join(await findings(company.database))


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE holds SET ends_at = '2040-01-01' WHERE id = '{kept}'", "“until” is stored as"),
        ("UPDATE holds SET begun = 'set' WHERE id = '{waits}'", "“begun” is stored as set"),
        ("UPDATE holds SET set_by = 1 WHERE id = '{kept}'", "“set by” is stored as"),
        ("UPDATE holds SET renewed_by = NULL WHERE id = '{kept}'", "“renewed by” is stored as nothing"),
        ("UPDATE holds SET closed_by = NULL WHERE id = '{released}'", "“closed by” is stored as nothing"),
        ("UPDATE holds SET reason = 'other' WHERE id = '{ended}'", "words, or their salt, were changed"),
        ("UPDATE holds SET closing = 'other' WHERE id = '{let_go}'", "words, or their salt, were changed"),
        ("UPDATE holds SET closing = 'other' WHERE id = '{ended}'", "a reason to release it is stored, but nobody"),
        ("UPDATE matters SET state = 'active' WHERE id = '{released}'", "“state” is stored as active"),
        ("UPDATE matters SET state = 'released' WHERE id = '{kept}'", "“state” is stored as released"),
        ("UPDATE keeps SET ends_at = '2040-01-01' WHERE matter_id = '{kept}'", "“until” is stored as"),
        ("UPDATE keeps SET ended_at = '2026-11-25' WHERE matter_id = '{kept}'", "“ended” is stored as"),
        ("UPDATE keeps SET ended_at = NULL WHERE matter_id = '{released}'", "“ended” is stored as nothing"),
        ("UPDATE keeps SET why = 'request' WHERE matter_id = '{kept}'", "“why” is stored as request"),
        ("DELETE FROM keeps WHERE matter_id = '{kept}'", "is kept by hold {kept}, but that is no longer stored"),
        (
            "UPDATE keeps SET recording_id = 3 WHERE matter_id = '{kept}'",
            "recording 3 is stored, but the log knows nothing",
        ),
        ("DELETE FROM concerned WHERE matter_id = '{waits}'", "“concerned” is stored as nothing"),
        (
            "UPDATE parties SET role = 'director' WHERE matter_id = '{kept}' AND part = 'approver'",
            "was asked is stored as “director”",
        ),
        ("UPDATE parties SET part = 'former' WHERE matter_id = '{waits}' AND part = 'approver'", "is stored as former"),
    ],
)
async def test_p12_whoever_changes_a_hold_by_hand_is_found(company: Company, statement: str, told: str) -> None:
    holds = await _eventful(company)
    assert await findings(company.database) == []
    assert told.format(**holds) in await _changed(company, statement.format(**holds))


@pytest.mark.by_hand
async def test_p12_a_hold_that_was_taken_out_is_found(company: Company) -> None:
    one = (await hold(company, company.helena)).hold
    tables = (("keeps", "matter_id"), ("parties", "matter_id"), ("holds", "id"), ("matters", "id"))
    found = await _changed(company, *(f"DELETE FROM {table} WHERE {column} = '{one}'" for table, column in tables))
    assert f"hold {one} stands in the log, but is no longer stored" in found


@pytest.mark.by_hand
async def test_p12_a_hold_that_the_log_does_not_know_is_found(company: Company) -> None:
    made = (
        "INSERT INTO matters (id, kind, state, revision, line, asked_at) VALUES ('H-1', 'hold', 'active', 1, '', '2026-11-24')",
        (
            "INSERT INTO holds (id, key, begun, asked_by, case_name, reason, ends_at, salt, closing) VALUES "
            "('H-1', 'k', 'set', 1, 'c', 'r', '2027-01-01', 's', '')"
        ),
    )
    await company.database.write(lambda store: [store.session.execute(text(one)) for one in made])
    assert "hold H-1 is stored, but the log knows nothing of it" in await _changed(company)


@pytest.mark.by_hand
async def test_p12_what_can_not_be_read_is_named_and_the_rest_compared(company_in_a_file: Company) -> None:
    company = company_in_a_file
    one = (await hold(company, company.helena)).hold
    found = await _changed(company, f"UPDATE audit SET detail = '{{}}' WHERE subject = '{one}'")
    assert f"hold {one}: what is stored, or what the log says of it, can't be read" in found
    assert "can't be read" in await _changed(company, "UPDATE matters SET asked_at = 'never' WHERE kind = 'hold'")
    assert "holds can't be read" in await _changed(company, "ALTER TABLE holds RENAME TO gone")


async def test_p12_holds_are_read_a_page_at_a_time(company: Company) -> None:
    ids = sorted([(await hold(company, company.helena, [one])).hold for one in company.calls])
    first = await company.database.read(lambda store: store.hold_evidence.held("", 2, ()))
    assert ([one.hold.id for one in first.files], first.last) == (ids[:2], ids[1])
    rest = await company.database.read(lambda store: store.hold_evidence.held(ids[1], 2, ()))
    assert ([one.hold.id for one in rest.files], rest.last) == (ids[2:], None)

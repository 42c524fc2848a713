"""C1: an intruder who can only write the database neither makes the bot tell a person something, nor shows a card to another one."""

import pytest

from handlers.access import deciding
from tests.handlers.builders import ask
from tests.offices import Office, states
from tests.spoiling import said

pytestmark = pytest.mark.by_hand
ANNA, TARA = (f"(SELECT id FROM people WHERE email_key LIKE '{one}%')" for one in ("anna", "tara"))


async def test_c1_a_card_goes_to_no_one_into_whose_conversation_it_was_turned_by_hand(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    await office.all_delivered()
    bram = office.chat.cards("UBRAM")
    await company.database.write(
        said(f"UPDATE copies SET conversation = 'D-UBRAM' WHERE matter = '{request}' AND person_id = {ANNA}")
    )
    await company.door.enter(deciding.approve_request(request), company.tara)
    await office.all_delivered()
    assert office.chat.cards("UBRAM") == bram
    assert len(office.chat.cards("UANNA")) == 3  # the first, that one once more, and the word of it


async def test_c1_what_was_put_into_the_outbox_or_changed_by_hand_is_told_to_no_one(office: Office) -> None:
    company = office.company
    await ask(company, company.anna)
    forged = (
        "INSERT INTO outbox (id, once, kind, person_id, payload, queued_at, due_at, state, lane, turn, attempts, code, platform, seal)"
        " SELECT '000000000009.000.0', 'x', 'tell', person_id, '{\"words\":\"Pay now.\",\"once\":\"1\"}', queued_at, due_at,"
        f" 'queued', '', 'next', 0, '', '', seal FROM outbox WHERE person_id = {ANNA}"
    )
    turned = f"UPDATE outbox SET person_id = {TARA} WHERE person_id = {ANNA} AND kind = 'show'"
    for change in (forged, turned):
        await company.database.write(said(change))
    await office.all_delivered()
    assert sorted(await states(company)) == [
        ("show", "failed", "not_ours", 1), ("show", "sent", "", 1), ("tell", "failed", "not_ours", 1),
    ]  # fmt: skip
    assert (office.titles("anna"), len(office.titles("tara"))) == ([], 1)

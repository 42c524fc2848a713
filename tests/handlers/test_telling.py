"""D4: lines in words carry the button that they speak of."""

from handlers import button_label
from handlers.access import deciding
from handlers.cards import Card
from handlers.effects import Tell
from handlers.telling import ON_A_LINE, line_card
from tests.handlers.builders import Company, ask, ledger
from tests.handlers.reading import buttons


async def _lines(company: Company) -> list[Card]:
    """Every line that this day leaves, as it is sent."""
    first, second = await ask(company, company.anna), await ask(company, company.anna, crm="CS-2")
    await company.door.enter(deciding.ask_requester(first, "Which complaint?"), company.tara)
    await company.door.enter(deciding.answer_question(first, "Ticket 9."), company.anna)
    await company.door.enter(deciding.approve_request(first), company.tara)
    await company.door.enter(deciding.withdraw_request(first), company.tara)
    await company.door.enter(deciding.deny_request(second, "No."), company.tara)
    rows = [one for one in await ledger(company) if one.kind == "tell"]
    return [_told(Tell(person=one.person_id, **one.payload)) for one in rows]


def _told(tell: Tell) -> Card:
    return line_card(tell, button_label(tell.button))


async def test_d4_each_line_leads_to_details_whose_buttons_are_never_spent(company: Company) -> None:
    lines = await _lines(company)
    assert len(lines) == 5
    for line in lines:
        [button] = buttons(line)
        assert "Press Details" in line.summary
        assert (button.action, button.value[:2]) == (f"{ON_A_LINE}details", "R-")

"""The home: a question about one's own request waits for oneself (P7)."""

from __future__ import annotations

from handlers.access import deciding
from tests.handlers.builders import POLICY, Company, ask
from tests.handlers.reading import buttons, home_of, lines

LABEL = POLICY.reasons["complaint"].label
CALL = "Call of <23 Nov 03:00 Australia/Sydney> · caller ••••\N{NO-BREAK SPACE}671"


async def test_p7_a_question_waits_for_whoever_asked(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    card = await home_of(company, company.anna)
    told = lines(card)
    assert told[0].startswith("📋 Call recordings · 1 waiting for you")
    waiting = told.index("# Waiting for you")
    assert (
        told[waiting + 1]
        == f"❓ Tara Lindqvist has a question for you · {LABEL} · CS-10442 ({CALL} · put <24 Nov 03:00> · {request}) [Details]"
    )
    mine = [(one.label, one.style) for one in buttons(card) if one.value == request]
    assert mine[0] == ("Details", "primary")
    assert "Which complaint" not in " ".join(told)


async def test_p7_it_waits_no_more_once_it_is_answered_or_taken_back(company: Company) -> None:
    answered, taken_back = await ask(company, company.anna), await ask(company, company.anna, crm="CS-2")
    for request in (answered, taken_back):
        await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    await company.door.enter(deciding.answer_question(answered, "Ticket 9."), company.anna)
    await company.door.enter(deciding.withdraw_request(taken_back), company.anna)
    told = lines(await home_of(company, company.anna))
    assert told[0] == "📋 Call recordings · 1 of yours undecided"
    assert not [one for one in told if "❓" in one]

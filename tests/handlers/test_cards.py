"""The card of a request in every state, for every reader: what it is, what happened, what to do now."""

from collections.abc import Callable

import pytest

from handlers.access import deciding
from handlers.acting import CLOCK, Intent
from tests.each import each
from tests.handlers.builders import Company, ask
from tests.handlers.reading import card_of, labels, seen, title

pytestmark = pytest.mark.long

WAITS = ["Approve", "Deny", "Ask a question"]
STEPS: dict[str, tuple[str, Callable[[str], Intent[None]]]] = {
    "ask": ("tara", lambda request: deciding.ask_requester(request, "Which complaint?")),
    "answer": ("anna", lambda request: deciding.answer_question(request, "Ticket 9.")),
    "approve": ("tara", deciding.approve_request),
    "deny": ("tara", lambda request: deciding.deny_request(request, "No such complaint.")),
    "take back": ("anna", deciding.withdraw_request),
    "take away": ("tara", deciding.withdraw_request),
}
STATES: dict[str, tuple[str, list[str], str, list[str]]] = {
    "": ("⏳ waiting for Tara Lindqvist", ["Nudge", "Withdraw"], "⏳ Anna Quill wants", WAITS),
    "ask": ("⏳ a question for you", ["Answer", "Withdraw"], "⏳ waiting for an answer from Anna Quill", WAITS),
    "ask, answer": ("⏳ waiting for Tara Lindqvist", ["Nudge", "Withdraw"], "⏳ Anna Quill wants", WAITS),
    "approve": (
        "✅ Tara Lindqvist approved your", ["Listen", "More time", "Withdraw"], "✅ You approved Anna Quill’s", [],
    ),
    "deny": ("⛔ Tara Lindqvist denied your", ["Ask again"], "⛔ You denied Anna Quill’s", []),
    "take back": ("↩️ withdrawn", ["Ask again"], "↩️ withdrawn", []),
    "approve, take back": ("↩️ access withdrawn", ["Ask again"], "↩️ access withdrawn", []),
    "approve, take away": ("↩️ access withdrawn", ["Ask again"], "↩️ access withdrawn", []),
    "approve, over": ("⌛ access has ended", ["Ask again"], "⌛ access has ended", []),
    "approve, over, expired": ("⌛ access has ended", ["Ask again"], "⌛ access has ended", []),
}  # fmt: skip


@each("state", STATES)
async def test_the_first_line_the_buttons_and_a_discreet_notification(company: Company, state: str) -> None:
    mine, my_buttons, theirs, their_buttons = STATES[state]
    request = await ask(company, company.anna)
    for step in filter(None, state.split(", ")):
        if step == "over":
            company.clock.pass_(days=7)
        elif step == "expired":
            await company.door.enter(deciding.expire_access(request), CLOCK)
        else:
            name, wanted = STEPS[step]
            await company.door.enter(wanted(request), company.people[name])
    anna, tara = await seen(company, request, company.anna), await seen(company, request, company.tara)
    assert (title(anna), labels(anna)) == (mine, my_buttons)
    assert (title(tara), labels(tara)) == (theirs, their_buttons)
    for secret in ("complain", "CS-10442", "Which", "Ticket", "No such", "Bram", "671"):
        assert secret not in anna.summary + tara.summary
    for who in (company.bram, company.deven, company.helena, company.ruth):
        assert await card_of(company, request, who) is None

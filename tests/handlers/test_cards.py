"""The card of a request in every state, for every reader: what it is, what happened, what to do now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from handlers.access import deciding
from handlers.acting import CLOCK
from tests.each import each
from tests.handlers.builders import Company, approved, ask
from tests.handlers.reading import card_of, labels, seen, title

pytestmark = pytest.mark.long

Story = Callable[[Company], Awaitable[str]]


async def _waiting(company: Company) -> str:
    return await ask(company, company.anna)


async def _asked_back(company: Company) -> str:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    return request


async def _answered(company: Company) -> str:
    request = await _asked_back(company)
    await company.door.enter(deciding.answer_question(request, "Ticket 9."), company.anna)
    return request


async def _denied(company: Company) -> str:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.deny_request(request, "No such complaint."), company.tara)
    return request


async def _taken_back(company: Company) -> str:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.withdraw_request(request), company.anna)
    return request


async def _given_back(company: Company) -> str:
    request = await approved(company)
    await company.door.enter(deciding.withdraw_request(request), company.anna)
    return request


async def _taken_away(company: Company) -> str:
    request = await approved(company)
    await company.door.enter(deciding.withdraw_request(request), company.tara)
    return request


async def _over(company: Company) -> str:
    request = await approved(company)
    company.clock.pass_(days=7)
    return request


async def _expired(company: Company) -> str:
    request = await _over(company)
    await company.door.enter(deciding.expire_access(request), CLOCK)
    return request


STATES: dict[str, tuple[Story, str, list[str], str, list[str]]] = {
    "waiting": (
        _waiting,
        "⏳ waiting for Tara Lindqvist", ["Nudge", "Withdraw"],
        "⏳ waiting for you", ["Approve", "Deny", "Ask a question"],
    ),
    "asked back": (
        _asked_back,
        "⏳ a question for you", ["Answer", "Withdraw"],
        "⏳ waiting for an answer from Anna Quill", ["Approve", "Deny", "Ask a question"],
    ),
    "answered": (
        _answered,
        "⏳ waiting for Tara Lindqvist", ["Nudge", "Withdraw"],
        "⏳ waiting for you", ["Approve", "Deny", "Ask a question"],
    ),
    "approved": (
        approved,
        "✅ approved by Tara Lindqvist", ["Listen", "More time", "Withdraw"],
        "✅ approved by you", [],
    ),
    "denied": (
        _denied,
        "⛔ denied by Tara Lindqvist", ["Ask again"],
        "⛔ denied by you", [],
    ),
    "taken back": (_taken_back, "↩️ withdrawn", ["Ask again"], "↩️ withdrawn", []),
    "given back": (_given_back, "↩️ access withdrawn", ["Ask again"], "↩️ access withdrawn", []),
    "taken away": (_taken_away, "↩️ access withdrawn", ["Ask again"], "↩️ access withdrawn", []),
    "over": (_over, "⌛ access has ended", ["Ask again"], "⌛ access has ended", []),
    "expired": (_expired, "⌛ access has ended", ["Ask again"], "⌛ access has ended", []),
}  # fmt: skip


@each("state", STATES)
async def test_the_first_line_the_buttons_and_a_notification_that_gives_nothing_away(
    company: Company, state: str
) -> None:
    story, mine, my_buttons, theirs, their_buttons = STATES[state]
    request = await story(company)
    anna, tara = await seen(company, request, company.anna), await seen(company, request, company.tara)
    assert (title(anna), labels(anna)) == (mine, my_buttons)
    assert (title(tara), labels(tara)) == (theirs, their_buttons)
    for secret in ("complain", "CS-10442", "Which", "Ticket", "No such", "Bram", "671"):
        assert secret not in anna.summary + tara.summary
    for who in (company.bram, company.deven, company.helena, company.ruth):
        assert await card_of(company, request, who) is None

"""The card of a request in every state, for every reader: what it is, what happened, what to do now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from handlers.access import deciding
from handlers.acting import CLOCK
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    Company,
    approved,
    ask,
)
from tests.handlers.reading import buttons, card_of, labels, lines, seen, title

pytestmark = pytest.mark.long

Story = Callable[[Company], Awaitable[str]]
ROLE = "Customer Success Specialist Team Leader"
BY_WHOM = f"Tara Lindqvist decides, as {ROLE}."
DECIDES = f"{BY_WHOM} This card tells you the outcome."
AHEAD = "If no one decides, the deputy is asked <26 Nov 06:00 Australia/Sydney>, and it lapses <08 Dec 06:00 Australia/Sydney>."


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
        "⏳ Access request · waiting for Tara Lindqvist", ["Withdraw"],
        "⏳ Access request · waiting for you", ["Approve", "Deny", "Ask a question"],
    ),
    "asked back": (
        _asked_back,
        "⏳ Access request · a question for you", ["Answer", "Withdraw"],
        "⏳ Access request · waiting for an answer from Anna Quill", ["Approve", "Deny", "Ask a question"],
    ),
    "answered": (
        _answered,
        "⏳ Access request · waiting for Tara Lindqvist", ["Withdraw"],
        "⏳ Access request · waiting for you", ["Approve", "Deny", "Ask a question"],
    ),
    "approved": (
        approved,
        "✅ Access request · approved by Tara Lindqvist", ["Listen", "Withdraw"],
        "✅ Access request · approved by you", [],
    ),
    "denied": (
        _denied,
        "⛔ Access request · denied by Tara Lindqvist", ["Ask again"],
        "⛔ Access request · denied by you", [],
    ),
    "taken back": (_taken_back, "↩️ Access request · withdrawn", ["Ask again"], "↩️ Access request · withdrawn", []),
    "given back": (_given_back, "↩️ Access request · access withdrawn", ["Ask again"], "↩️ Access request · access withdrawn", []),
    "taken away": (_taken_away, "↩️ Access request · access withdrawn", ["Ask again"], "↩️ Access request · access withdrawn", []),
    "over": (_over, "⌛ Access request · access has ended", ["Ask again"], "⌛ Access request · access has ended", []),
    "expired": (_expired, "⌛ Access request · access has ended", ["Ask again"], "⌛ Access request · access has ended", []),
}  # fmt: skip


@pytest.mark.soak
@each("state", STATES)
async def test_the_first_line_and_the_buttons(company: Company, state: str) -> None:
    story, mine, my_buttons, theirs, their_buttons = STATES[state]
    request = await story(company)
    anna, tara = await seen(company, request, company.anna), await seen(company, request, company.tara)
    assert (title(anna), labels(anna)) == (mine, my_buttons)
    assert (title(tara), labels(tara)) == (theirs, their_buttons)
    for who in (company.bram, company.deven, company.helena, company.ruth):
        assert await card_of(company, request, who) is None


DECIDED = ["approved", "denied", "taken back", "given back", "taken away", "over", "expired"]


@each("state", DECIDED)
async def test_p7_after_a_decision_no_reader_has_a_button_to_decide_with(company: Company, state: str) -> None:
    request = await STATES[state][0](company)
    for who in (company.anna, company.tara):
        card = await seen(company, request, who)
        assert not {"Approve", "Deny", "Ask a question", "Answer"} & set(labels(card))
        assert card.summary.endswith(".")


async def test_the_whole_card_of_the_requester(company: Company) -> None:
    request = await ask(company, company.anna, calls=company.calls[:2], crm="CS-10443")
    card = await seen(company, request, company.anna)
    assert lines(card) == [
        "⏳ Access request · waiting for Tara Lindqvist",
        f"Reason: {POLICY.reasons['complaint'].label}",
        "CRM reference: CS-10443",
        "Asked: <24 Nov 03:00>",
        "📞 <23 Nov 03:00 Australia/Sydney> · incoming call · 1\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}s · with Bram Tolliver · caller ••••\N{NO-BREAK SPACE}671 · Australia and New Zealand",
        "📞 <22 Nov 03:00 Australia/Sydney> · incoming call · 1\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}s · with Bram Tolliver · caller ••••\N{NO-BREAK SPACE}672 · Australia and New Zealand",
        "What it is for: The customer complains.",
        DECIDES,
        AHEAD,
        "[Withdraw]",
        f"({request} · P7 · also seen by Tara Lindqvist)",
    ]
    assert card.summary == f"Your request {request}: waiting for Tara Lindqvist."


async def test_p9_the_whole_card_of_the_head(company: Company) -> None:
    request = await ask(company, company.anna, crm="CS-10443", **CLAIM)
    card = await seen(company, request, company.helena)
    assert lines(card) == [
        "⏳ Investigation request · waiting for you",
        "Who asks: Anna Quill",
        "Reason: Defence of a legal claim",
        "Matter: Claim 12",
        "Legal basis: Police ref 9",
        "Who else will hear it: no one",
        "CRM reference: CS-10443",
        "Asked: <24 Nov 03:00>",
        "Anna Quill has sent you no other requests in the last 90 days",
        "📞 <23 Nov 03:00 Australia/Sydney> · incoming call · 1\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}s · with Bram Tolliver · caller ••••\N{NO-BREAK SPACE}671 · Australia and New Zealand",
        "What it is for: The customer complains.",
        "⚠️ The announcement to callers does not name this reason. You may still approve.",
        "You’re asked as Head of Customer Success.",
        (
            "If no one decides, the deputy is asked <26 Nov 06:00 Australia/Sydney>, and everyone who was asked is reminded "
            "<08 Dec 06:00 Australia/Sydney>, and again each week. It never lapses."
        ),
        "[Approve] [Deny] [Ask a question]",
        f"({request} · P9 · also seen by Anna Quill)",
    ]
    assert card.summary == "Anna Quill asks you for access to a recording."


async def test_p7_what_was_decided_stands_first_with_who_when_and_why(company: Company) -> None:
    request = await _denied(company)
    told = lines(await seen(company, request, company.anna))
    assert told[1:3] == [f"Denied by Tara Lindqvist ({ROLE}), <24 Nov 03:00>", "Why: No such complaint."]
    assert lines(await seen(company, request, company.tara))[1] == f"Denied by you ({ROLE}), <24 Nov 03:00>"


@pytest.mark.parametrize(
    ("state", "mine", "theirs"),
    [
        ("approved", "Access until: <01 Dec 03:00>", ""),
        ("over", "Access ended: <01 Dec 03:00>", ""),
        ("expired", "Access ended: <01 Dec 03:00>", ""),
        ("given back", "Access withdrawn by you: <24 Nov 03:00>", "Access withdrawn by Anna Quill: <24 Nov 03:00>"),
        ("taken away", "Access withdrawn by Tara Lindqvist: <24 Nov 03:00>", "Access withdrawn by you: <24 Nov 03:00>"),
    ],
)
async def test_p7_until_when_access_lasts_or_how_it_ended(company: Company, state: str, mine: str, theirs: str) -> None:
    request = await STATES[state][0](company)
    assert lines(await seen(company, request, company.anna))[2] == mine
    assert lines(await seen(company, request, company.tara))[2] == (theirs or mine)


@each(
    ("state", "told"),
    [
        ("waiting", DECIDES),
        ("asked back", f"Please answer the question. Your request may also be decided before you do. {BY_WHOM}"),
        ("approved", "Press Listen to hear it in your browser. Every listen is logged."),
        ("expired", "If you still need the calls, please ask again."),
        ("taken away", "If you still need the calls, please ask again."),
        ("taken back", None),
        ("denied", None),
    ],
)
async def test_what_happens_next_is_told_to_the_requester_only(company: Company, state: str, told: str | None) -> None:
    request = await STATES[state][0](company)
    sentences = {
        DECIDES,
        f"Please answer the question. Your request may also be decided before you do. {BY_WHOM}",
        "Press Listen to hear it in your browser. Every listen is logged.",
        "If you still need the calls, please ask again.",
    }
    assert sentences & set(lines(await seen(company, request, company.anna))) == ({told} if told else set())
    assert not sentences & set(lines(await seen(company, request, company.tara)))


async def test_p7_question_and_answer_stand_on_both_cards_the_last_six(company: Company) -> None:
    request = await ask(company, company.anna)
    for number in range(4):
        await company.door.enter(deciding.ask_requester(request, f"Question {number}?"), company.tara)
        await company.door.enter(deciding.answer_question(request, f"Answer {number}."), company.anna)
    labels_of = {
        company.anna: ("Question from Tara Lindqvist", "Your answer"),
        company.tara: ("Your question", "Answer from Anna Quill"),
    }
    for who, (asked, answered) in labels_of.items():
        told = lines(await seen(company, request, who))
        expected = [
            one for number in (1, 2, 3) for one in (f"{asked}: Question {number}?", f"{answered}: Answer {number}.")
        ]
        assert [one for one in told if one.startswith((asked, answered))] == expected


@each("state", STATES)
async def test_a_notification_gives_nothing_confidential_away(company: Company, state: str) -> None:
    request = await STATES[state][0](company)
    for who in (company.anna, company.tara):
        summary = (await seen(company, request, who)).summary
        for secret in ("complain", "CS-10442", "Which", "Ticket", "No such", "Bram", "671"):
            assert secret not in summary
        assert 4 <= len(summary.split()) <= 20


async def test_p7_listen_says_that_it_opens_the_browser_and_other_buttons_say_what_they_are(company: Company) -> None:
    found = buttons(await seen(company, await approved(company), company.anna))
    assert [one.told for one in found] == ["Listen (opens your browser)", "Withdraw"]


async def test_a_card_leads_to_all_of_it_should_a_platform_have_to_cut_it(company: Company) -> None:
    request = await ask(company, company.anna)
    rest = (await seen(company, request, company.tara)).rest
    assert rest is not None
    assert (rest.action, rest.label, rest.value) == ("details", "Details", request)

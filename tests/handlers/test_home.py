"""The home: what waits for you, what you may hear, what you asked for, and the access that you gave."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from handlers import delivering
from handlers import home as handlers_home
from handlers import home_of as drawn
from handlers.access import deciding
from handlers.acting import CLOCK, DELIVERY
from handlers.home import closed
from storage.queries import Store
from tests.each import each
from tests.handlers.builders import CLAIM, POLICY, Company, approved, ask, audit, ledger, left
from tests.handlers.reading import buttons, home_of, labels, lines, title

LABEL = POLICY.reasons["complaint"].label
WHOSE_DATA = [
    "# Who listened to calls with me",
    "When it was, why, and by whose approval. (Open investigations are shown once closed.) [Show]",
]
"""P11: what stands at everybody's home."""
CALL = "Call of <23 Nov 03:00 Australia/Sydney> · caller ••••\N{NO-BREAK SPACE}671"


def _section(told: list[str], heading: str) -> list[str]:
    after = told[told.index(f"# {heading}") + 1 :]
    ends = [place for place, one in enumerate(after) if one.startswith(("#", "("))]
    return after[: ends[0]]


async def test_an_empty_home_is_a_friendly_one(company: Company) -> None:
    card = await home_of(company, company.anna)
    assert lines(card) == [
        "📋 Call recordings · nothing needs you",
        "What you ask for and what needs you will be here.",
        "[Ask for a recording] [Report in confidence] [A caller declines] [Ask for a hold]",
        *WHOSE_DATA,
        "(P7 · P9 · Every listen is logged.)",
    ]
    assert card.summary == "Your call recordings at a glance."
    button, *_ = buttons(card)
    assert (button.action, button.value, button.style) == ("request", "", "primary")


async def test_p7_what_waits_stands_with_the_approver_the_oldest_first(company: Company) -> None:
    first = await ask(company, company.anna)
    company.clock.pass_(minutes=5)
    second = await ask(company, company.anna, crm="CS-2")
    card = await home_of(company, company.tara)
    assert title(card).endswith("· 2 waiting for you")
    assert _section(lines(card), "Waiting for you") == [
        f"Anna Quill · {LABEL} · CS-10442 ({CALL} · asked <24 Nov 03:00> · {first}) [Details]",
        f"Anna Quill · {LABEL} · CS-2 ({CALL} · asked <24 Nov 03:05> · {second}) [Details]",
    ]
    assert [one.value for one in buttons(card) if one.label == "Details"] == [first, second]
    mine = await home_of(company, company.anna)
    told = f"⏳ Waiting · {LABEL} · CS-2 ({CALL} · asked <24 Nov 03:05> · {second}) [Details]"
    assert _section(lines(mine), "You asked for")[0] == told


async def test_p9_a_claim_waits_with_the_head_only(company: Company) -> None:
    await ask(company, company.anna, **CLAIM)
    assert title(await home_of(company, company.helena)).startswith("📋 Call recordings · 1 waiting")
    assert title(await home_of(company, company.tara)).endswith("nothing needs you")


async def test_p7_access_stands_with_who_holds_it_and_with_who_gave_it(company: Company) -> None:
    two = await approved(company, calls=company.calls[:2])
    company.clock.pass_(hours=1)
    one = await approved(company, crm="CS-2")
    anna, tara = await home_of(company, company.anna), await home_of(company, company.tara)
    assert _section(lines(anna), "You may hear now") == [
        f"{LABEL} · CS-10442 ({CALL} and 1 more call · until <01 Dec 03:00> · {two}) [Listen]",
        f"{LABEL} · CS-2 ({CALL} · until <01 Dec 04:00> · {one}) [Listen]",
    ]
    assert _section(lines(tara), "Access that you gave") == [
        f"Anna Quill · {LABEL} · CS-2 ({CALL} · until <01 Dec 04:00> · {one}) [Withdraw]",
        f"Anna Quill · {LABEL} · CS-10442 ({CALL} and 1 more call · until <01 Dec 03:00> · {two}) [Withdraw]",
    ]
    assert [button.confirm for button in buttons(tara)[1:] if button.label == "Withdraw"] == [
        "Anna Quill will no longer be able to hear these calls."
    ] * 2
    assert "Access that you gave" not in " ".join(lines(anna))


@each("way", ["withdrawn", "over", "expired"])
async def test_p7_access_that_has_ended_stands_nowhere(company: Company, way: str) -> None:
    request = await approved(company)
    if way == "withdrawn":
        await company.door.enter(deciding.withdraw_request(request), company.tara)
    else:
        company.clock.pass_(days=7)
    if way == "expired":
        await company.door.enter(deciding.expire_access(request), CLOCK)
    for who in (company.anna, company.tara):
        card = await home_of(company, who)
        assert not {"Listen", "Withdraw"} & set(labels(card))


async def test_p7_a_question_about_my_request_waits_for_my_answer(company: Company) -> None:
    request = await ask(company, company.anna)
    company.clock.pass_(minutes=5)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    card = await home_of(company, company.anna)
    assert title(card).endswith("· 1 waiting for you · 1 of yours undecided")
    assert _section(lines(card), "Waiting for you") == [
        f"❓ Tara Lindqvist has a question for you · {LABEL} · CS-10442 ({CALL} · put <24 Nov 03:05> · {request}) [Details]"
    ]
    await company.door.enter(deciding.answer_question(request, "Ticket 9."), company.anna)
    assert "waiting for you" not in title(await home_of(company, company.anna))
    await company.door.enter(deciding.ask_requester(request, "And?"), company.tara)
    await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    assert "waiting for you" not in title(await home_of(company, company.anna))


async def test_what_is_older_than_thirty_days_is_not_shown(company: Company) -> None:
    await ask(company, company.anna)
    company.clock.pass_(days=30)
    assert len(_section(lines(await home_of(company, company.anna)), "You asked for")) == 1
    company.clock.pass_(seconds=1)
    assert title(await home_of(company, company.anna)).endswith("nothing needs you")


@pytest.mark.soak
async def test_p7_the_newest_access_that_was_given_is_always_in_reach(company: Company) -> None:
    """P7: access can be withdrawn at once, and a mistake is most likely the newest."""
    given = []
    for number in range(22):
        company.clock.pass_(seconds=1)
        given.append(await approved(company, crm=f"CS-{number}"))
    told = _section(lines(await home_of(company, company.tara)), "Access that you gave")
    assert (len(told), told[-1]) == (5, "And 18 more. [Show all]")
    assert given[-1] in told[0]


async def test_opening_the_home_has_it_drawn_and_drawn_again(company: Company) -> None:
    before = await audit(company)
    await company.door.enter(handlers_home.open_home(), company.tara)
    await company.door.enter(handlers_home.open_home(), company.tara)
    [home] = await ledger(company)
    assert (home.kind, home.person_id) == ("home", company.tara.person_id)  # one waits, and does for both
    assert await audit(company) == before
    await company.door.enter(delivering.delivered(home.id, "sent", "slack"), DELIVERY)
    [looked] = await company.database.read(lambda store: store.people.homes(company.tara.person_id or 0))
    assert looked.home_at == company.clock.now
    await ask(company, company.anna)
    anna, tara = (await ledger(company))[1:]
    for card in (anna, tara):
        await company.door.enter(delivering.delivered(card.id, "sent", "slack"), DELIVERY)
    assert (await left(company))[3:] == [("home", "tara")]  # Anna has never opened hers


def test_a_closed_home_says_why() -> None:
    card = closed("You are a guest here.")
    assert lines(card) == ["📋 Call recordings · not open to this account", "You are a guest here."]
    assert card.summary == "You are a guest here."


async def test_an_empty_home_costs_eleven_looks(company: Company) -> None:
    """Most homes are looked at while nothing waits: a room that has nothing finds that out by one look, or by none."""
    asked: list[str] = []

    def look(store: Store) -> None:
        act = company.door.act(store, company.anna)
        event.listen(store.session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
        drawn(act)

    await company.database.read(look)
    assert len(asked) <= 11, "\n\n".join(asked)

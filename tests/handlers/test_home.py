"""The home: what waits for you, what you may hear, what you asked for, the access you gave, and how long lists are read."""

from dataclasses import replace

from handlers import delivering, home
from handlers.access import deciding
from handlers.acting import CLOCK, DELIVERY, Actor
from handlers.cards import Row
from handlers.home import ON_A_PAGE, list_page
from tests.each import each
from tests.handlers.builders import Company, account, approved, ask, audit, ledger, left, meet, refusal
from tests.handlers.customers.acts import a_request
from tests.handlers.reading import buttons, home_of, labels, lines, listed, looking, managed, text, title

CALL = "Monday’s call with ••••\N{NO-BREAK SPACE}671"


def _section(told: list[str], heading: str) -> list[str]:
    after = told[told.index(f"# {heading}") + 1 :]
    ends = [place for place, one in enumerate(after) if one.startswith(("#", "("))]
    return after[: ends[0]]


async def test_p7_what_is_waiting_shows_for_the_approver_the_oldest_first(company: Company) -> None:
    first = await ask(company, company.anna)
    company.clock.pass_(minutes=5)
    second = await ask(company, company.anna, crm="CS-2")
    card = await home_of(company, company.tara)
    assert title(card).endswith("2 to do")
    assert _section(lines(card), "To do") == [
        f"Anna Quill wants to hear {CALL} (complaint, CS-10442) (asked <24 Nov 03:00> · {first}) [Details]",
        f"Anna Quill wants to hear {CALL} (complaint, CS-2) (asked <24 Nov 03:05> · {second}) [Details]",
    ]
    assert [one.value for one in buttons(card) if one.label == "Details"] == [first, second]
    mine = await home_of(company, company.anna)
    told = f"⏳ Waiting · {CALL} (complaint, CS-2) (asked <24 Nov 03:05> · {second}) [Details]"
    assert _section(lines(mine), "My access")[1] == told


async def test_p7_access_shows_for_its_holder_and_for_its_giver(company: Company) -> None:
    two = await approved(company, calls=company.calls[:2])
    company.clock.pass_(hours=1)
    one = await approved(company, crm="CS-2")
    anna, tara = await home_of(company, company.anna), await listed(company, company.tara)
    assert _section(lines(anna), "My access") == [
        f"2 calls (complaint, CS-10442) (until <01 Dec 03:00> · {two}) [Listen]",
        f"{CALL} (complaint, CS-2) (until <01 Dec 04:00> · {one}) [Listen]",
    ]
    assert _section(lines(tara), "Access you gave") == [
        f"Anna Quill can hear {CALL} (complaint, CS-2) (until <01 Dec 04:00> · {one}) [Withdraw]",
        f"Anna Quill can hear 2 calls (complaint, CS-10442) (until <01 Dec 03:00> · {two}) [Withdraw]",
    ]
    assert [button.confirm for button in buttons(tara) if button.label == "Withdraw"] == [
        "This ends Anna Quill’s access."
    ] * 2
    assert "Access you gave" not in " ".join(lines(anna))


@each("way", ["withdrawn", "over", "expired"])
async def test_p7_access_that_has_ended_shows_nowhere(company: Company, way: str) -> None:
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
    assert title(card).endswith("1 to do")
    assert _section(lines(card), "To do") == [
        f"Tara Lindqvist has a question about {CALL} (complaint, CS-10442) (asked <24 Nov 03:05> · {request}) [Details]"
    ]
    await company.door.enter(deciding.answer_question(request, "Ticket 9."), company.anna)
    assert "to do" not in title(await home_of(company, company.anna))
    await company.door.enter(deciding.ask_requester(request, "And?"), company.tara)
    await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    assert "to do" not in title(await home_of(company, company.anna))


async def test_what_is_older_than_thirty_days_is_not_shown(company: Company) -> None:
    await ask(company, company.anna)
    company.clock.pass_(days=30)
    assert len(_section(lines(await listed(company, company.anna)), "You asked for")) == 1
    company.clock.pass_(seconds=1)
    assert "# You asked for" not in lines(await listed(company, company.anna))


async def test_the_buttons_of_two_requests_for_one_call_have_different_names(company: Company) -> None:
    for _ in range(2):
        await company.door.enter(deciding.withdraw_request(await ask(company, company.anna)), company.anna)
    told = [one.told for one in buttons(await listed(company, company.anna)) if one.label == "Details"]
    assert len(told) == len(set(told)) == 2


async def test_opening_the_home_has_it_drawn_and_drawn_again(company: Company) -> None:
    before = await audit(company)
    await company.door.enter(home.open_home(), company.tara)
    await company.door.enter(home.open_home(), company.tara)
    [card] = await ledger(company)
    assert (card.kind, card.person_id) == ("home", company.tara.person_id)  # one waits, and does for both
    assert await audit(company) == before
    await company.door.enter(delivering.note_delivered(card.id, "sent", "slack"), DELIVERY)
    [looked] = await company.database.read(lambda store: store.people.homes(company.tara.person_id or 0))
    assert looked.home_at == company.clock.now
    await ask(company, company.anna)
    anna, tara = (await ledger(company))[1:]
    for card in (anna, tara):
        homes = ("slack",) if card is tara else ()  # Anna has never opened hers
        await company.door.enter(delivering.note_delivered(card.id, "sent", "slack", homes=homes), DELIVERY)
    assert (await left(company))[3:] == [("home", "tara")]


async def _asked(company: Company, who: Actor, many: int) -> list[str]:
    """So many requests, a second after each other."""
    found = []
    for number in range(many):
        company.clock.pass_(seconds=1)
        found.append(await ask(company, who, crm=f"CS-{number}"))
    return found


async def _page(company: Company, who: Actor, value: str) -> tuple[str, list[str], list[tuple[str, str]]]:
    """A list's own page: what it says first, its rows' ids, and the buttons that turn it."""
    dialog = await looking(company, who, lambda ctx: list_page(ctx, value))
    rows = [one for one in dialog.parts if isinstance(one, Row)]
    turns = [(one.label, one.value) for part in dialog.parts if hasattr(part, "buttons") for one in part.buttons]
    first = next(text(one.words) for one in dialog.parts if hasattr(one, "words"))
    return first, [one.button.value for one in rows if one.button], turns


async def test_d2_the_rest_of_a_list_is_one_press_away(company: Company) -> None:
    requests = await _asked(company, company.anna, ON_A_PAGE + 3)
    card = await home_of(company, company.tara)
    [more] = [one for one in card.parts if isinstance(one, Row) and one.button and one.button.action == "more"]
    assert more.button is not None
    assert (text(more.words), more.button.label) == ("And 12 more.", "Show all")
    first, rows, turns = await _page(company, company.tara, more.button.value)
    assert (first, turns) == (f"1 to {ON_A_PAGE} of 18", [("Later ones", f"waiting:{ON_A_PAGE}")])
    told, rest, back = await _page(company, company.tara, f"waiting:{ON_A_PAGE}")
    assert (told, back) == ("16 to 18 of 18", [("Earlier ones", "waiting:0")])
    assert [*rows, *rest] == requests


@each("value", ["waiting:999999", "waiting:x", "waiting", "", "no:0", "waiting:-1", "waiting:٣"])
async def test_d2_a_list_that_is_shorter_now_shows_what_there_is(company: Company, value: str) -> None:
    request = await ask(company, company.anna)
    assert (await _page(company, company.tara, value))[1:] == ([request], [])
    assert await _page(company, company.ruth, value) == ("There is nothing here.", [], [])


async def test_p8_who_asked_for_nothing_themselves_is_shown_a_customers_request_that_they_filed(
    company: Company,
) -> None:
    filed = await a_request(company)
    first, rows, _ = await _page(company, company.anna, "mine:0")
    assert (first, rows[0]) == ("There is nothing here.", filed)


async def _met_in(company: Company, *platforms: str) -> None:
    for platform in platforms:
        await meet(company.door, replace(account(f"{platform}-1", "Anna Quill"), platform=platform))


async def _told(company: Company) -> list[tuple[str, str, str]]:
    """What the home says of it, and what its buttons ask for."""
    card = await managed(company, company.anna)
    rows = [one for one in lines(card) if one.startswith("You get messages")]
    asked = [one for one in buttons(card) if one.action == "prefer"]
    return [(row, one.label, one.value) for row, one in zip(rows, asked, strict=True)]


async def test_the_first_platform_is_used_until_another_is_chosen(company: Company) -> None:
    await _met_in(company, "teams")
    assert await _told(company) == [("You get messages in Slack. [Use Teams]", "Use Teams", "teams")]
    assert "say hello to me there first" in str(await refusal(company, home.prefer_platform("teams"), company.tara))
    await company.door.enter(home.prefer_platform("teams"), company.anna)
    assert await _told(company) == [("You get messages in Teams. [Use Slack]", "Use Slack", "slack")]

"""The desk: what it shows and fills in, does at once, keeps or supplies, and what people are told while a platform
doesn't answer (P7); it keeps nothing of a private form (P13).
"""

from collections.abc import Callable, MutableMapping
from dataclasses import replace
from typing import Any

import pytest

import handlers
from bot.chats.desk import CALLS, NOT_NOW, READING, Desk
from bot.ports import Address, Unavailable, Unreachable
from bot.rehearsal.fake_chat import Fault
from handlers import FORMS, home
from handlers.acting import Actor
from handlers.breach.filing import PEOPLE, ReportForm
from handlers.cards import Line, Lookup, Page, Sheet
from handlers.home import draw_home
from handlers.inbox import Press
from handlers.policy import Policy
from handlers.room import Asks
from handlers.rules import Refused
from storage.database.store import DatabaseDown
from tests.breaching import CANARY, RECEIPT, Drawer, elsewhere, furnished, theirs
from tests.each import each
from tests.handlers.builders import answers, call, ledger, register
from tests.handlers.customers.acts import a_request
from tests.offices import GUEST, Office, down

ANNA, TARA = "UANNA", "UTARA"


def silent(office: Office, *accounts: str) -> None:
    """The platform can't say who these are."""
    office.chat.faults += [Fault(Unavailable("http_500"), "profile", one, times=9) for one in accounts]


async def test_p8_a_letter_to_confirm_is_shown_first_or_the_form_is_not(office: Office, desk: Desk) -> None:
    request = await a_request(office.company)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UTARA", times=9))
    with pytest.raises(Refused, match="details to confirm"):
        await desk.introduced("UTARA", "customer_release", request)


OWN = "CS-10443"  # of the first call
SHOWS: dict[str, Callable[[Desk, str], Any]] = {
    "details": lambda desk, who: desk.page(who, "details", "R-1"),
    "more": lambda desk, who: desk.page(who, "more", "waiting:0"),
}


def _greeting(policy: Policy, value: str, known: int) -> Page:
    return Page(f"Hello {value}", (Line(f"{policy.company.name} {known != 0}"),))


def chosen(office: Office, *places: int) -> dict[str, str | list[str]]:
    return {"recordings": [str(office.company.calls[one]) for one in places]}


@pytest.mark.parametrize("page", SHOWS)
async def test_while_the_database_is_away_no_page_is_shown_and_the_platform_learns_why(
    office: Office, desk: Desk, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.directory.visitor(ANNA)
    silent(office, TARA)
    with pytest.raises(Unavailable):
        await SHOWS[page](desk, TARA)
    down(desk, monkeypatch)
    with pytest.raises(DatabaseDown):
        await SHOWS[page](desk, ANNA)


@each("page", SHOWS)
async def test_p7_no_page_is_for_a_guest(desk: Desk, page: str) -> None:
    with pytest.raises(Refused, match="You are a guest here"):
        await SHOWS[page](desk, GUEST)


async def test_p1_what_the_policy_says_is_told_to_everyone_and_names_only_to_who_may_act(
    office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(known: str) -> Page:
        return Page("Hello again", (Line(f"Fernhill Telecare {known}"),))

    assert await desk.policy_page(ANNA, _greeting, "again") == (told("True"), "Australia/Sydney")
    assert await desk.policy_page(GUEST, _greeting, "again") == (told("False"), "UTC")
    silent(office, TARA)
    assert await desk.policy_page(TARA, _greeting, "again") == (told("False"), "UTC")
    down(desk, monkeypatch)
    assert await desk.policy_page(ANNA, _greeting, "again") == (told("False"), "UTC")


async def test_d3_what_follows_from_answers_is_supplied_to_its_form(office: Office, desk: Desk) -> None:
    assert await desk.derived(ANNA, "access", chosen(office, 0)) == {"crm": OWN}
    assert await desk.derived(ANNA, "access", {}) == await desk.derived(ANNA, "deny", chosen(office, 0)) == {}
    assert await desk.derived(GUEST, "access", chosen(office, 0)) == {}
    assert await desk.derived(ANNA, "old", chosen(office, 0)) == {}


async def test_d3_empty_fields_are_supplied_when_sent_and_typed_ones_stay(office: Office, desk: Desk) -> None:
    await register(office.company.door, call(4, crm="CS-4"))
    drawn = set(FORMS["access"].kind.model_fields)
    for key, crm in (("k1", " "), ("k2", "CS-9")):
        await desk.submit(ANNA, "access", "", answers(office.company.calls[:1], crm=crm), key, drawn)
    page, _ = await desk.page(ANNA, "more", "mine:0")
    assert [one in str(page.parts) for one in (f", {OWN})", ", CS-9)")] == [True, True]


@each("form", FORMS)
async def test_while_calls_are_read_for_the_first_time_a_form_that_looks_them_up_says_so(desk: Desk, form: str) -> None:
    desk.reading = lambda: True
    looks_up = any(isinstance(one, Lookup) and one.source in CALLS for one in desk.sheet(form).fields)
    assert looks_up == (form in {"access", "customer", "hold"})
    assert desk.sheet(form).intro.startswith("I’m still loading the calls") == looks_up
    assert desk.redrawn(form, {}).intro.startswith("I’m still loading the calls") == looks_up
    found = "3 calls were found."
    first = desk.redrawn(form, {}, words=found)
    assert first.intro == (f"{READING} {found}" if looks_up else found)
    desk.reading = lambda: False
    assert desk.redrawn(form, {}, words=first.intro).intro == found


HOME = Press("slack", ANNA, "home", "", "k1")


async def test_the_home_is_left_to_the_delivery_once_for_each_key(office: Office, desk: Desk) -> None:
    for _ in range(2):
        assert await desk.take(HOME)
    assert [row.kind for row in await ledger(office.company, office.company.anna)] == ["home"]
    card, zone = await desk.look(ANNA, lambda ctx: (draw_home(ctx), ctx.me.zone))
    assert ("Call recordings" in str(card.parts), zone) == (True, "Australia/Sydney")


async def test_what_the_platform_says_nothing_to_is_kept_once(office: Office, desk: Desk) -> None:
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", ANNA, times=2))
    for _ in range(2):
        assert not await desk.take(HOME)
    assert await office.company.database.read(lambda store: store.inbox.waiting("slack", ANNA)) == 1


async def test_who_is_turned_away_and_cannot_be_told_yet_is_told_later(office: Office, desk: Desk) -> None:
    office.chat.faults.append(Fault(Unavailable("http_500"), "whisper", GUEST))
    assert not await desk.take(Press("slack", GUEST, "access", "", "k1"))
    assert await office.company.database.read(lambda store: store.inbox.waiting("slack", GUEST)) == 1


@pytest.mark.parametrize("fault", [None, Unavailable("http_500")])
async def test_a_sentence_is_said_now_or_by_the_outbox(office: Office, desk: Desk, fault: Unavailable | None) -> None:
    office.chat.faults += [Fault(fault, "whisper", ANNA)] if fault else []
    await desk.say(Address(ANNA), "I know this word.", "1")
    queued = [row.payload["words"] for row in await ledger(office.company, office.company.anna)]
    assert (office.chat.whispers, queued) == (
        ([], ["I know this word."]) if fault else ([(ANNA, "I know this word.")], [])
    )


ANSWERS: dict[str, str | list[str]] = {"what": CANARY, "named": "withheld"}
STRANGER = "USTRANGER"
FORM = "breach_report"


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    return furnished(monkeypatch)


async def sent(
    desk: Desk, account: str = "UANNA", about: str = "", form: str = FORM, **more: Any
) -> Sheet | Page | str:
    given = {**ANSWERS, **more} if form == FORM else more
    return await desk.submit(account, form, about, given, "V1", set(FORMS[form].kind.model_fields))


@pytest.mark.parametrize("account", ["UANNA", GUEST, STRANGER])
async def test_p13_opening_looking_up_and_sending_change_no_other_row(
    office: Office, drawer: Drawer, desk: Desk, account: str, logs: list[MutableMapping[str, Any]]
) -> None:
    before = await elsewhere(office.company.database)
    await desk.begin(account, FORM)
    assert await desk.introduced(account, FORM, "about") == desk.sheet(FORM, "about")
    found = await desk.find(account, PEOPLE, "helena")
    named = await desk.named(account, PEOPLE, ["helena.marsh@fernhill.example"])
    assert (len(found), len(named)) == ((1, 1) if account == "UANNA" else (0, 0))
    receipt = await sent(desk, account, what=f"Helena. {CANARY}")
    assert isinstance(receipt, Page) and RECEIPT in str(receipt.parts)
    assert await elsewhere(office.company.database) == before
    assert len((await theirs(office.company.database))["breach_reports"]) == 1
    assert drawer.filed[0][0] == Actor(f"slack:{account}", None, "member")
    assert {one.account for one in drawer.looked} <= {"anybody"}
    assert logs == []
    assert [one for one in office.chat.calls if one.method != "profile"] == []


async def test_p13_the_platform_is_asked_once_about_a_stranger_and_never_by_sending(
    office: Office, drawer: Drawer, desk: Desk
) -> None:
    for _ in range(2):
        assert await desk.find(STRANGER, PEOPLE, "") == []
    await sent(desk, STRANGER)
    assert len(office.chat.called("profile", STRANGER)) == 1
    desk.directory.forget(STRANGER)
    await desk.find(STRANGER, PEOPLE, "")
    assert len(office.chat.called("profile", STRANGER)) == 2
    assert office.chat.called("profile", "UANNA") == []


async def test_p13_a_list_without_answer_says_so_and_sending_works(office: Office, drawer: Drawer, desk: Desk) -> None:
    office.chat.faults += [Fault(Unavailable("http_500"), "profile", times=9)]
    assert await desk.find(STRANGER, PEOPLE, "") == [NOT_NOW]
    assert isinstance(await sent(desk, STRANGER), Page)


async def test_p13_a_form_that_wants_what_the_log_would_tell_of_is_a_fault(
    drawer: Drawer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = replace(FORMS[FORM], send=lambda about, form, key: home.open_home())
    monkeypatch.setitem(handlers.FORMS, FORM, told)
    with pytest.raises(TypeError, match="private"):
        await sent(desk)


async def test_p13_what_cannot_be_said_at_once_is_never_said(
    office: Office, desk: Desk, logs: list[MutableMapping[str, Any]]
) -> None:
    before = await elsewhere(office.company.database)
    for error in (Unavailable("http_500"), Unreachable("user_disabled")):
        office.chat.faults.append(Fault(error, "whisper"))
        await desk.unseen.say(Address("UANNA"), "Words.")
    await desk.unseen.say(Address("UANNA"), "Words.")
    assert office.chat.whispers == [("UANNA", "Words.")]
    assert [(one["event"], one["code"]) for one in logs] == [
        ("desk.unreachable", "http_500"),
        ("desk.unreachable", "user_disabled"),
    ]
    assert "UANNA" not in str(logs)
    assert await elsewhere(office.company.database) == before


@each("more", ["variant", "intro", "supplied", "sought", "again"])
def test_p13_a_private_form_is_drawn_alike_for_everyone(more: str) -> None:
    told: Any = {more: lambda *_: None}
    with pytest.raises(ValueError, match="private, so nothing is filled in"):
        Asks(ReportForm, lambda *_: home.open_home(), lambda _: Page("", ()), private=True, **told)

"""P13: a private form, at the desk, on both databases: nobody is looked up who sends one, and no other table changes."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

import handlers
from bot.chats.desk import NOT_NOW, Desk
from bot.ports import Address, Unavailable, Unreachable
from bot.rehearsal.fake_chat import Fault
from handlers import FORMS, home
from handlers.acting import Actor
from handlers.breach.filing import PEOPLE, ReportForm
from handlers.cards import Page, Sheet
from handlers.room import Asks
from tests.breaching import CANARY, RECEIPT, Drawer, elsewhere, furnished, theirs
from tests.each import each
from tests.offices import GUEST, Office

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


async def test_p13_while_nobody_answers_a_list_says_so_and_sending_works(
    office: Office, drawer: Drawer, desk: Desk
) -> None:
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


async def test_p13_what_can_not_be_said_at_once_is_never_said(
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
def test_p13_a_private_form_is_drawn_alike_for_everybody(more: str) -> None:
    told: Any = {more: lambda *_: None}
    with pytest.raises(ValueError, match="private, so nothing is filled in"):
        Asks(ReportForm, lambda *_: home.open_home(), lambda _: Page("", ()), private=True, **told)

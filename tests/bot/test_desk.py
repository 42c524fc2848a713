"""The desk, through the door, with a chat in memory: what every platform's commands, presses and forms lead to (P7, P9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chats.desk import SLOW, Desk
from bot.chats.sheets import NOT_NOW
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers import FORMS
from handlers.access.forms import AccessForm, InvestigationForm
from handlers.access.intents import Deny
from handlers.acting import DELIVERY
from handlers.cards import Actions, Card, Page, Sheet, Title
from handlers.effects import Whisper
from handlers.matters.showing import GONE
from handlers.people import Meet
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    NAMES,
    account,
    answers,
    approved,
    ask,
    audit,
    ledger,
    person,
    stored,
    written,
)
from tests.offices import GUEST, NAMELESS, Office, down, profile

ANNA, BRAM, TARA, HELENA = "UANNA", "UBRAM", "UTARA", "UHELENA"
CALLS = "recordings"


def silent(office: Office, *accounts: str) -> None:
    """The platform can't say who these are."""
    office.chat.faults += [Fault(Unavailable("http_500"), "profile", one, times=9) for one in accounts]


def said(shown: object) -> str:
    assert isinstance(shown, Page | Card)
    return str(shown.parts)


def drawn(form: type[AccessForm] = AccessForm) -> set[str]:
    return set(form.model_fields)


async def entries(office: Office, action: str) -> list[str]:
    return [outcome for _, done, outcome, _, _ in await audit(office.company) if done == action]


@each("form", FORMS)
def test_every_form_is_drawn_with_what_it_is_about(desk: Desk, form: str) -> None:
    sheet = desk.sheet(form, "R-1")
    assert (sheet.name, sheet.about) == (form, "R-1")
    assert [field.name for field in sheet.fields] == list(FORMS[form].kind.model_fields)


def test_a_form_that_there_is_no_more_says_so(desk: Desk) -> None:
    with pytest.raises(Refused, match=r"^This form is out of date\. Please open it again\.$"):
        desk.sheet("old")


@each(("reason", "form"), [("legal_claim", InvestigationForm), ("complaint", AccessForm), ("", AccessForm)])
def test_p9_the_reason_decides_which_fields_there_are(desk: Desk, reason: str, form: type[AccessForm]) -> None:
    sheet = desk.redrawn("access", {"reason": reason}, "S-1")
    assert ({field.name for field in sheet.fields}, sheet.about) == (drawn(form), "S-1")


@each("form", [name for name, asked in FORMS.items() if not asked.private])
async def test_p7_whoever_may_not_act_is_told_before_filling_in(desk: Desk, form: str) -> None:
    await desk.begin(HELENA, form)
    with pytest.raises(Refused, match="You are a guest here"):
        await desk.begin(GUEST, form)


async def test_p7_a_press_decides_once_however_often_it_comes(office: Office, desk: Desk) -> None:
    request = await ask(office.company, office.company.anna)
    for _ in range(2):
        await desk.decide(TARA, "approve", request, "k1")
    assert (await stored(office.company, request)).state == "approved"
    assert await entries(office, "access.approve") == ["done"]


@pytest.mark.parametrize("whisper", [True, False])
async def test_p7_a_refused_press_is_raised_and_whispered_where_that_is_wanted(
    office: Office, desk: Desk, whisper: bool
) -> None:
    request = await ask(office.company, office.company.anna)
    with pytest.raises(Refused, match="I can't find this request"):
        await desk.decide(BRAM, "approve", request, "k1", whisper=whisper)
    kinds = [row.kind for row in await ledger(office.company, office.company.bram)]
    assert kinds == ([Whisper.__name__.lower()] if whisper else [])


async def test_p7_a_decision_asks_the_platform_anew_and_a_look_does_not(office: Office, desk: Desk) -> None:
    request = await ask(office.company, office.company.anna)
    await desk.shown(TARA, request)
    office.clock.pass_(seconds=30)
    await desk.shown(TARA, request)
    assert len(office.chat.called("profile", TARA)) == 1
    silent(office, TARA)
    with pytest.raises(Unavailable):
        await desk.decide(TARA, "approve", request, "k1")
    with pytest.raises(Unavailable):
        await desk.submit(TARA, "deny", request, {"words": "No."}, "k2", {"words"})
    assert (await stored(office.company, request)).state == "waiting"


async def test_messages_go_where_the_person_prefers_them(office: Office, desk: Desk) -> None:
    await desk.decide(ANNA, "prefer", "slack", "k1")
    assert (await person(office.company, office.company.anna)).prefers == "slack"
    with pytest.raises(Refused, match="no account there"):
        await desk.decide(ANNA, "prefer", "pigeons", "k2")


async def test_p7_a_filled_form_files_one_request_however_often_it_is_sent(office: Office, desk: Desk) -> None:
    given = answers(office.company.calls[:1])
    for _ in range(2):
        assert await desk.submit(ANNA, "access", "", given, "k1", drawn()) is None
    assert await entries(office, "access.file") == ["done"]


async def test_p7_the_same_request_in_another_form_is_told_of_the_first(office: Office, desk: Desk) -> None:
    given = answers(office.company.calls[:1])
    await desk.submit(ANNA, "access", "", given, "k1", drawn())
    page = await desk.submit(ANNA, "access", "", given, "k2", drawn())
    assert isinstance(page, Page)
    assert page.title == "Already asked"
    assert "R-" in said(page)


async def test_p9_a_reason_that_needs_more_fields_asks_for_them(office: Office, desk: Desk) -> None:
    given = answers(office.company.calls[:1], reason="legal_claim")
    sheet = await desk.submit(ANNA, "access", "S-1", given, "k1", drawn())
    assert isinstance(sheet, Sheet)
    assert ({field.name for field in sheet.fields}, sheet.about) == (drawn(InvestigationForm), "S-1")
    assert await desk.submit(ANNA, "access", "S-1", {**given, **CLAIM}, "k1", drawn(InvestigationForm)) is None
    assert await entries(office, "access.file") == ["done"]


async def test_p7_what_must_be_mended_is_told_at_its_field(office: Office, desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        await desk.submit(ANNA, "access", "", answers([], crm=" "), "k1", drawn())
    assert set(refused.value.fields) == {"recordings", "crm"}
    with pytest.raises(Refused, match="out of date"):
        await desk.submit(ANNA, "old", "", {}, "k2", ())


async def test_p7_words_about_a_request_are_sent_once(office: Office, desk: Desk) -> None:
    request = await ask(office.company, office.company.anna)
    for _ in range(2):
        assert await desk.submit(TARA, "deny", request, {"words": "Another call."}, "k1", {"words"}) is None
    found = await stored(office.company, request)
    said = await written(office.company, request)
    assert (found.state, said.decision) == ("denied", "Another call.")
    assert await entries(office, Deny.action) == ["done"]


async def test_p7_listening_gives_the_holder_a_link_with_a_code_in_its_fragment(office: Office, desk: Desk) -> None:
    request = await approved(office.company)
    page = await desk.hand(ANNA, "listen", request, "k1")
    assert page is not None
    [urls] = [[button.url for button in part.buttons] for part in page.parts if isinstance(part, Actions)]
    assert str(urls[0]).startswith("https://steward.example.com/listen#")
    assert await desk.hand(ANNA, "listen", request, "k1") is None
    assert "You have no access" in said(await desk.hand(BRAM, "listen", request, "k2"))


async def test_p7_whoever_left_unnoticed_gets_no_link(office: Office, desk: Desk) -> None:
    """The platform told nobody, and the account is still remembered as a member's."""
    request = await approved(office.company)
    await desk.directory.visitor(ANNA)
    office.chat.people[ANNA] = profile("anna", "deactivated")
    office.clock.pass_(seconds=6)
    assert "has been deactivated" in said(await desk.hand(ANNA, "listen", request, "k1"))
    assert await entries(office, "listening.code") == ["refused"]


async def test_p7_a_card_in_a_dialog_is_the_readers_own_in_the_readers_zone(office: Office, desk: Desk) -> None:
    request = await ask(office.company, office.company.anna)
    page, zone = await desk.page(TARA, "details", request)
    assert (page.title, zone) == ("Access request", "Australia/Sydney")
    assert "approve" in said(page)
    mine, _ = await desk.page(ANNA, "details", request)
    assert "approve" not in said(mine)


async def test_p7_a_card_as_it_is_now_is_for_who_holds_it(office: Office, desk: Desk) -> None:
    request = await ask(office.company, office.company.anna)
    found = await desk.shown(TARA, request)
    assert found is not None
    assert isinstance(found[0].parts[0], Title)
    assert await desk.shown(BRAM, request) is None
    assert await desk.shown(TARA, "R-AAAAAAAA") is None


@each(
    ("who", "words"),
    [(BRAM, GONE), (GUEST, "You are a guest here"), (NAMELESS, "no e-mail address"), ("UFAR", "another organisation")],
)
async def test_p7_details_are_kept_from_whom_they_do_not_concern(
    office: Office, desk: Desk, who: str, words: str
) -> None:
    request = await ask(office.company, office.company.anna)
    with pytest.raises(Refused) as refused:
        await desk.page(who, "details", request)
    assert words in str(refused.value)


async def test_p7_an_account_that_is_stored_as_gone_sees_nothing(office: Office, desk: Desk) -> None:
    """Another process may have heard of it first."""
    request = await ask(office.company, office.company.anna)
    assert await desk.shown(TARA, request)
    await office.company.door.enter(Meet(account(TARA, NAMES["tara"], "deactivated")), DELIVERY)
    with pytest.raises(Refused):
        await desk.shown(TARA, request)


async def test_p7_recordings_are_found_by_who_may_know_of_them(office: Office, desk: Desk) -> None:
    assert len(await desk.find(ANNA, CALLS, "")) == len(office.company.calls)
    assert await desk.find(ANNA, CALLS, f"tolliver{' ' * 100}nobody") == await desk.find(ANNA, CALLS, "tolliver") != []
    assert await desk.find(GUEST, CALLS, "") == await desk.find(NAMELESS, CALLS, "") == []


async def test_p7_what_was_chosen_keeps_its_names_where_the_person_may_know_them(office: Office, desk: Desk) -> None:
    first, second, _ = (str(one) for one in office.company.calls)
    found = await desk.named(ANNA, CALLS, [second, "x", first])
    assert found == [one for value in (second, first) for one in await desk.find(ANNA, CALLS, "") if one.value == value]
    assert await desk.named(GUEST, CALLS, [first]) == []


async def test_a_card_in_a_message_that_nobody_knew_is_noticed(office: Office, desk: Desk) -> None:
    request = await ask(office.company, office.company.anna)
    await office.all_delivered()
    await desk.notice(ANNA, request, "D-elsewhere", "9.9")
    await desk.notice(GUEST, request, "D-elsewhere", "9.9")
    strays = [row for row in await ledger(office.company) if row.kind == "stray"]
    assert [(row.person_id, row.payload["message"]) for row in strays] == [(office.company.anna.person_id, "9.9")]


CALM: dict[str, tuple[Callable[[Desk, str], Any], str]] = {
    "listen": (lambda desk, who: desk.hand(who, "listen", "R-1", "k"), SLOW),
    "find": (lambda desk, who: desk.find(who, CALLS, ""), NOT_NOW.label),
    "named": (lambda desk, who: desk.named(who, CALLS, ["1"]), "[]"),
}


@each("method", CALM)
async def test_while_nobody_answers_a_person_is_told_so(
    office: Office, desk: Desk, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.directory.visitor(ANNA)
    silent(office, TARA)
    ask, words = CALM[method]
    with capture_logs() as logs:
        answered = [await ask(desk, TARA)]
        down(desk, monkeypatch)
        answered.append(await ask(desk, ANNA))
    for one in answered:
        assert words in str(one)
    told = [one["why"] for one in logs if one["event"] == "desk.not_handed"]
    assert len(told) == (2 if method == "listen" else 0)


async def test_a_notice_waits_for_nobody(office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.directory.visitor(ANNA)
    silent(office, TARA)
    await desk.notice(TARA, "R-1", "D1", "1.1")
    down(desk, monkeypatch)
    for one in (ANNA, TARA):  # known, and to be looked up
        await desk.notice(one, "R-1", "D1", "1.1")
    monkeypatch.undo()
    assert await entries(office, "access.notice") == []

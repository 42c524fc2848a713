"""What somebody reads above a form's fields before answering (P7)."""

from __future__ import annotations

import pytest

from bot.chats.desk import Desk
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers.access.intents import Question
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import ask
from tests.handlers.customers.acts import a_request
from tests.offices import GUEST, Office


async def questioned(office: Office) -> str:
    request = await ask(office.company, office.company.anna)
    await office.company.door.enter(Question(request, "Which invoice?"), office.company.tara)
    return request


async def test_p7_who_answers_reads_the_question(office: Office, desk: Desk) -> None:
    sheet = await desk.introduced("UANNA", "answer", await questioned(office))
    assert (sheet.name, sheet.intro) == ("answer", "Tara Lindqvist asks:\nWhich invoice?")


@each("who", [GUEST, "UTARA"])
async def test_p7_nobody_else_does_nor_gets_to_type(office: Office, desk: Desk, who: str) -> None:
    with pytest.raises(Refused) as refused:
        await desk.introduced(who, "answer", await questioned(office))
    assert "Which invoice?" not in str(refused.value)


async def test_a_request_that_nobody_knows_has_no_form(desk: Desk) -> None:
    with pytest.raises(Refused, match="I can't find this request"):
        await desk.introduced("UANNA", "answer", "R-NONE")


async def test_while_the_platform_is_silent_the_form_is_the_plain_one(office: Office, desk: Desk) -> None:
    request = await questioned(office)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UANNA", times=9))
    assert (await desk.introduced("UANNA", "answer", request)).intro == ""


async def test_p8_a_letter_that_would_be_confirmed_is_shown_first_or_the_form_is_not(
    office: Office, desk: Desk
) -> None:
    request = await a_request(office.company)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UTARA", times=9))
    with pytest.raises(Refused, match="what you would confirm"):
        await desk.introduced("UTARA", "customer_release", request)


async def test_a_form_that_there_is_no_more_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="out of date"):
        await desk.introduced("UANNA", "old", "R-1")

"""The desk: what people read above a form's fields, and what they are told while nobody answers (P7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chats.desk import NOT_NOW, SLOW, Desk
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers.access import deciding
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import ask
from tests.handlers.customers.acts import a_request
from tests.offices import Office, down

ANNA, TARA = "UANNA", "UTARA"
CALLS = "recordings"


def silent(office: Office, *accounts: str) -> None:
    """The platform can't say who these are."""
    office.chat.faults += [Fault(Unavailable("http_500"), "profile", one, times=9) for one in accounts]


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


async def questioned(office: Office) -> str:
    request = await ask(office.company, office.company.anna)
    await office.company.door.enter(deciding.ask_requester(request, "Which invoice?"), office.company.tara)
    return request


async def test_p7_who_answers_reads_the_question(office: Office, desk: Desk) -> None:
    sheet = await desk.introduced("UANNA", "answer", await questioned(office))
    assert (sheet.name, sheet.intro) == ("answer", "Tara Lindqvist asks:\nWhich invoice?")


async def test_p8_a_letter_that_would_be_confirmed_is_shown_first_or_the_form_is_not(
    office: Office, desk: Desk
) -> None:
    request = await a_request(office.company)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UTARA", times=9))
    with pytest.raises(Refused, match="what you would confirm"):
        await desk.introduced("UTARA", "customer_release", request)

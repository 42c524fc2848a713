"""The home, its lists, the lines beneath a card, and words typed behind a command in Slack (P1, P5, P13)."""

import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.chats.desk import SLOW
from handlers.access import deciding
from handlers.acting import Handler
from handlers.declined.room import DONE, MEANWHILE
from handlers.home import ON_A_PAGE
from handlers.inbox import kept_words
from tests.breaching import elsewhere
from tests.each import each
from tests.handlers.builders import ask, audit
from tests.offices import down
from tests.slack_street import Street


def _modal(street: Street) -> tuple[str, str]:
    view = street.workspace.modal("UTARA")
    assert view is not None
    return str(view.body["title"]["text"]), str(view.body["blocks"])


def _rows(blocks: Any) -> int:
    return str(blocks).count("'accessory'")


@pytest.mark.soak
async def test_d2_the_rest_is_one_press_away_and_its_pages_turn_in_place(street: Street) -> None:
    requests = []
    for number in range(ON_A_PAGE + 2):
        street.company.clock.pass_(seconds=1)
        requests.append(await ask(street.company, street.company.anna, crm=f"CS-{number}"))
    await street.settled()
    await street.tara.open_home()
    await street.settled()
    await street.tara.press("home", "Show all")
    await street.settled()
    title, blocks = _modal(street)
    assert (title, _rows(blocks)) == ("To do", ON_A_PAGE)
    assert requests[0] in blocks
    await street.tara.press("modal", "Later ones")
    await street.settled()
    _, blocks = _modal(street)
    assert (_rows(blocks), requests[-1] in blocks, requests[0] in blocks) == (2, True, False)
    assert len(street.workspace.views.stack("UTARA")) == 1
    await street.tara.press("modal", "Details")
    await street.settled()
    assert (_modal(street)[0], len(street.workspace.views.stack("UTARA"))) == ("Details", 2)
    await street.tara.press("modal", "Deny")
    await street.settled()
    assert (await street.tara.submit({"words": "Another call."})).ok
    await street.settled()
    title, blocks = _modal(street)
    assert (title, "You denied" in blocks, "Approve" in blocks) == ("Details", True, False)
    assert len(street.workspace.views.stack("UTARA")) == 2


async def test_p1_a_guest_reads_nothing_but_why(street: Street) -> None:
    street.turn("UANNA", "guest")
    person = street.workspace.person("UANNA")
    await person.open_home()
    await street.settled()
    assert "not open to this account" in str(person.home)
    assert "Ask for a recording" not in str(person.home)


async def _line(street: Street, *steps: Handler[..., Any]) -> str:
    request = await street.asked()
    for step in steps:
        words = ("Which complaint?",) if step in (deciding.ask_requester, deciding.deny_request) else ()
        await street.company.door.enter(step(request, *words), street.company.tara)
    await street.settled()
    return request


@each(
    ("steps", "button"),
    [
        ((deciding.approve_request,), "Listen"),
        ((deciding.ask_requester,), "Answer"),
        ((deciding.deny_request,), "Ask again"),
        ((deciding.approve_request, deciding.withdraw_request), "Ask again"),
    ],
)
async def test_d4_a_line_leads_where_it_says_and_is_no_second_card(
    street: Street, steps: tuple[Handler[..., Any], ...], button: str
) -> None:
    await _line(street, *steps)
    line = [one for one in street.workspace.dm("UANNA") if not one.ephemeral][-1]
    await street.anna.press(line, "Details")
    await street.settled()
    view = street.workspace.modal("UANNA")
    assert view is not None
    assert view.body["title"]["text"] == "Details"
    assert f'"{button}"' in json.dumps(view.body)
    [same] = [one for one in street.workspace.dm("UANNA") if one.ts == line.ts]
    assert (same.text, same.blocks) == (line.text, line.blocks)


CANARY = "Zebediah"
BREACH = f"{CANARY} leaked a recording to his friends"
COMMANDS = ["/recording-request", "/recording-policy"]


async def typed(street: Street, words: str, uid: str = "UANNA") -> dict[str, Any]:
    """What is in the dialog after this was typed."""
    assert (await street.workspace.person(uid).command(words)).ok
    await street.settled()
    view = street.workspace.modal(uid)
    assert view is not None
    return view.full()


def title(view: dict[str, Any]) -> str:
    return str(view["title"]["text"])


@each("uid", ["UANNA", "UFAR"])
@each("command", COMMANDS)
async def test_p13_what_sounds_like_a_breach_is_neither_repeated_nor_kept(
    street: Street, command: str, uid: str, logs: list[MutableMapping[str, Any]]
) -> None:
    before = await elsewhere(street.company.database)
    view = await typed(street, f"{command} {BREACH}", uid)
    assert (title(view), CANARY in json.dumps(view)) == ("In confidence", False)
    assert "Report in confidence" in json.dumps(view)
    assert await elsewhere(street.company.database) == before
    assert not [one for one in logs if CANARY in str(one) or uid in str(one)]
    assert street.workspace.dm(uid) == []


WORD = "/recording-declined"


async def said(street: Street) -> int:
    return len([one for one in await audit(street.company) if one[1] == "declined.say" and one[2] == "done"])


async def test_p5_the_command_begins_at_once_and_says_where_the_answer_comes(street: Street) -> None:
    assert (await street.anna.command(WORD)).ok
    await street.settled()
    assert street.said("UANNA") == [DONE]
    assert await said(street) == 1
    assert "looking for your call" in str(street.anna.dm[-1].blocks)


async def test_p5_slack_is_answered_once_it_was_said_so_that_no_crash_can_lose_it(street: Street) -> None:
    """A card that ends there, a program that ends then: Slack believed it, and the call was recorded on."""
    assert (await street.anna.command(WORD)).ok
    assert await said(street) == 1


async def test_p5_while_slack_cannot_say_who_it_is_it_is_kept_and_done_later(street: Street) -> None:
    street.chat.team = ""
    street.directory.forget("UANNA")
    await street.anna.command(WORD)
    await street.settled()
    assert (street.said("UANNA"), await said(street)) == ([f"{kept_words('slack')} {MEANWHILE}"], 0)


async def test_p5_while_the_database_is_away_the_agent_reads_what_to_do(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It isn't switched off then, and the customer is on the line."""
    down(street.adapter.desk, monkeypatch)
    assert (await street.anna.command(WORD)).ok
    await street.settled()
    assert f"{SLOW} {MEANWHILE}" in str(street.anna.modal)

"""The worked example in the documents is a room: it joins the others, and what it does is on record."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from handlers import ROOMS, together
from handlers.acting import CLOCK
from handlers.handling import HANDLERS
from handlers.home import brought, counted
from handlers.room import Given, Room
from tests.handlers.builders import POLICY, Company, approved, ask, audit, ledger, refusal
from tests.handlers.reading import looking
from tests.moments import NOW

EXAMPLE = (Path(__file__).parents[2] / "docs" / "adding-a-room.md").read_text(encoding="utf-8")


@pytest.fixture
def thanks() -> Iterator[Any]:
    """The example as a module."""
    [code] = re.findall(r"^```python\n(.*?)^```", EXAMPLE, re.MULTILINE | re.DOTALL)
    module = ModuleType("thanks_of_the_documents")
    sys.modules[module.__name__] = module
    known = len(HANDLERS)
    exec(compile(code, "docs/adding-a-room.md", "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__], HANDLERS[known:]


@pytest.fixture
def room(thanks: Any, company: Company) -> Room:
    """It has joined the others."""
    found: Room = thanks.ROOM
    return found


def test_it_brings_no_name_that_another_room_brings(thanks: Any) -> None:
    rooms = (*ROOMS, thanks.ROOM)
    assert "thanks" in together((one, one.buttons.items()) for one in rooms)
    assert "recording-thanks" in together((one, one.commands.items()) for one in rooms)
    assert "thanks.forget" in together((one, one.due.items()) for one in rooms)


async def test_what_it_does_is_on_record_without_a_word(company: Company, room: Room) -> None:
    request = await approved(company)
    [form] = room.forms
    wanted = form.send(request, form.kind.read({"words": "So kind of you."}), "k")
    await company.door.enter(wanted, company.anna)
    assert (await audit(company, request))[-1][1:] == (
        "thanks.thank", "done", "P7", {"person": company.tara.person_id},
    )  # fmt: skip
    assert (await ledger(company, company.tara))[-1].payload["words"] == "Anna Quill: So kind of you."
    due = await company.database.read(lambda store: store.deadlines.due(company.clock.now, room.due, 9))
    await company.door.enter(room.due[due[0].kind](request), CLOCK, due=due[0].key)
    assert not await company.database.read(lambda store: store.deadlines.due(company.clock.now, room.due, 9))


async def test_it_refuses_in_sentences(company: Company, room: Room) -> None:
    request = await ask(company, company.anna)
    send = room.forms[0].send
    kind = room.forms[0].kind.read({"words": "Thanks."})
    assert (
        str(await refusal(company, send(request, kind, "k"), company.anna)) == "No one has approved this request yet."
    )
    assert str(await refusal(company, send(request, kind, "k"), company.bram)) == "I can't find this request."
    assert room.forms[0].sent(request).title == "Sent"


async def test_its_page_and_its_list_are_read_for_one_person(company: Company, room: Room, thanks: Any) -> None:
    page = await looking(company, company.anna, lambda act: thanks.explained(act, "why"))
    assert "Anna Quill, 3 letters" in str(page.parts)
    assert await looking(company, company.anna, lambda act: counted(brought(act, (room,)))) == "1 to thank for"
    assert await looking(company, company.anna, lambda act: len(brought(act, (room,))["thanks"].rows(4, 0))) == 1
    assert room.forms[0].form(Given(POLICY, NOW)) is thanks.ThanksForm

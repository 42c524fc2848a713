"""The worked example in the documents is a room: it joins the others, and what it does is on record."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from handlers import merge_rooms
from handlers.acting import CLOCK, HANDLERS
from handlers.room import ROOMS, Room
from tests.handlers.builders import Company, approved, audit, ledger
from tests.ledgers import fallen

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
    assert "thanks" in merge_rooms((one, one.buttons.items()) for one in rooms)
    assert "recording-thanks" in merge_rooms((one, one.commands.items()) for one in rooms)
    assert "thanks.forget" in merge_rooms((one, one.due.items()) for one in rooms)


async def test_what_it_does_is_on_record_without_a_word(company: Company, room: Room) -> None:
    request = await approved(company)
    [form] = room.forms
    wanted = form.send(request, form.kind.read({"words": "So kind of you."}), "k")
    await company.door.enter(wanted, company.anna)
    assert (await audit(company, request))[-1][1:] == (
        "thanks.thank", "done", "P7", {"person": company.tara.person_id},
    )  # fmt: skip
    assert (await ledger(company, company.tara))[-1].payload["words"] == "Anna Quill: So kind of you."
    due = await company.database.read(lambda store: fallen(store, company.clock.now, room.due))
    await company.door.enter(room.due[due[0].kind](request), CLOCK, due=due[0].key)
    assert not await company.database.read(lambda store: fallen(store, company.clock.now, room.due))

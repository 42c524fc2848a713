"""P13 in Slack: a report goes through two dialogs, its receipt is in the last, and nothing else anywhere knows of it."""

import json
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest
import pytest_asyncio

from bot.chats.desk import NOT_NOW
from bot.rehearsal.faults import Fault
from handlers.acting import Actor
from handlers.breach.filing import PEOPLE
from storage.database.store import Database, DatabaseDown
from tests.breaching import CANARY, COMMAND, KEYS, RECEIPT, Drawer, elsewhere, furnished, theirs
from tests.slack_street import Street, a_street

TOLD = {"what": f"They played a call to friends. {CANARY}", "when": CANARY, "named": "named"}
ABOUT = f"lookup:{PEOPLE}"


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    return furnished(monkeypatch)


@pytest_asyncio.fixture
async def street(drawer: Drawer, database: Database) -> AsyncIterator[Street]:
    async with a_street(database) as opened:
        opened.company.door.keys = KEYS
        yield opened
        assert opened.workspace.problems == []


async def opens(street: Street, uid: str = "UANNA", words: str = "") -> None:
    await street.workspace.person(uid).command(f"/{COMMAND} {words}".strip())
    await street.settled()


def shown(street: Street, uid: str = "UANNA") -> dict[str, Any]:
    view = street.workspace.modal(uid)
    assert view is not None
    return view.full()


async def test_p13_a_report_is_sent_in_a_dialog_and_its_receipt_is_there_and_nowhere_else(
    street: Street, drawer: Drawer
) -> None:
    await opens(street)
    people = await street.anna.options(ABOUT, "helena")
    assert (await street.anna.submit({**TOLD, "accused": [people[0]["value"]]})).ok
    await street.settled()
    [(who, told, key)] = drawer.filed
    assert (who, told.accused) == (Actor("slack:UANNA"), ("helena.marsh@fernhill.example",))
    assert "UANNA" not in key and len(key) == 64
    assert RECEIPT in json.dumps(shown(street))
    assert street.workspace.dm("UANNA") == []


async def test_p13_no_row_of_any_other_table_and_no_line_of_the_log_tells_of_it(
    street: Street, drawer: Drawer, logs: list[MutableMapping[str, Any]]
) -> None:
    """By a person whom the bot has not met, too: look-ups, an error, and what is sent."""
    before = await elsewhere(street.company.database)
    for uid in ("UANNA", "UFAR"):
        await opens(street, uid, f"{CANARY} words")
        person = street.workspace.person(uid)
        await person.options(ABOUT, "helena")
        assert (await person.submit({"when": CANARY, "named": "named"})).errors
        assert (await person.submit({**TOLD, "what": f"Helena did it. {CANARY}"})).ok
        await street.settled()
    assert len(drawer.filed) == 2
    assert await elsewhere(street.company.database) == before
    assert len((await theirs(street.company.database))["breach_reports"]) == 2
    assert not [one for one in logs if CANARY in str(one) or "UANNA" in str(one) or "UFAR" in str(one)]
    calls = json.dumps([str(one) for one in street.workspace.calls])
    assert CANARY not in calls
    assert not [one for one in street.workspace.calls if one.method in ("chat.postMessage", "views.publish")]


@pytest.mark.parametrize(("uid", "standing"), [("UANNA", "guest"), ("UFAR", "foreign")])
async def test_p13_guests_and_strangers_may_report_and_get_no_list_of_the_staff(
    street: Street, drawer: Drawer, uid: str, standing: Any
) -> None:
    if uid == "UANNA":
        await street.workspace.change(uid, standing)
        await street.settled()
    before = await elsewhere(street.company.database)
    await opens(street, uid)
    assert await street.workspace.person(uid).options(ABOUT, "helena") == []
    assert drawer.looked == []
    assert (await street.workspace.person(uid).submit(TOLD)).ok
    assert [who.account for who, _, _ in drawer.filed] == [f"slack:{uid}"]
    assert await elsewhere(street.company.database) == before


async def test_p13_while_slack_cant_say_who_asks_it_is_filed_all_the_same(street: Street, drawer: Drawer) -> None:
    await opens(street, "UFAR")
    street.workspace.faults.script([Fault("http_500", "users.info", times=9)])
    [said] = await street.workspace.person("UFAR").options(ABOUT, "helena")
    assert said["text"]["text"] == NOT_NOW.label
    assert (await street.workspace.person("UFAR").submit(TOLD)).ok
    assert len(drawer.filed) == 1


@pytest.mark.parametrize("fault", [RuntimeError(CANARY), DatabaseDown("locked")])
async def test_p13_a_fault_keeps_what_was_typed_and_says_nothing_of_it_in_the_log(
    street: Street, drawer: Drawer, logs: list[MutableMapping[str, Any]], fault: Exception
) -> None:
    await opens(street)
    drawer.fault = fault
    await street.anna.submit(TOLD)
    view = json.dumps(shown(street), ensure_ascii=False)
    assert "Nothing you typed is lost" in view
    assert json.loads(shown(street)["private_metadata"]) == {"about": ""}
    assert not [one for one in logs if CANARY in str(one) or "UANNA" in str(one)]
    drawer.fault = None
    await street.anna.submit({})
    assert len(drawer.filed) == 1

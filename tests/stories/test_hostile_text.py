"""Hostile text in every field and every name: shown as text, nobody pinged, no limit of Slack's broken."""

from __future__ import annotations

import json
import wave
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.rehearsal.slack import Member, payloads
from bot.rehearsal.slack.mentions import links, pings
from tests.moments import moment
from tests.stories.errands import ask, card, ears, press, requests, send
from tests.stories.hostile import TEXTS, TYPED, bare, cut
from tests.stories.house import ANNA, AU, HELENA, TARA, House, a_house
from tests.stories.on_slack import open_form
from tests.stories.posting import post
from tests.stories.somebody import Seen
from tests.stories.waiting import found, until

pytestmark = pytest.mark.soak
STORED = ("right to left", "controls", "halves", "marks", "families")
MOST = {"crm": 60, "purpose": 1500, "matter": 200, "basis": 200, "audience": 300}


def for_this(database_url: str, texts: dict[str, str]) -> dict[str, str]:
    """All of them on SQLite; on PostgreSQL those that a database may stumble over."""
    return (
        texts if database_url.startswith("sqlite") else {name: text for name, text in texts.items() if name in STORED}
    )


def harmless(house: House, what: str = "") -> None:
    """Slack took every word, and nothing in what anybody sees pings, or leads anywhere but to the player."""
    workspace = house.workspace
    assert workspace.problems == [], what
    # A dialog that was closed before its words came is no word that Slack refused.
    refused = [one for one in workspace.calls if not one.answer["ok"] and one.answer["error"] != "not_found"]
    assert refused == [], what
    views = [view.body["blocks"] for stack in workspace.views.stacks.values() for view in stack]
    views += [view.body["blocks"] for view in workspace.views.homes.values()]
    said = [(one.text, one.blocks) for one in workspace.talk.everything()]
    for text, blocks in [*said, *(("", one) for one in views)]:
        assert pings(text, blocks) == [], what
        assert [one for one in links(text, blocks) if not one.startswith(f"{house.url}/listen#")] == [], what


def shows(text: str, seen: Seen) -> bool:
    """Whether what was typed can be read there, at least its beginning where it is long."""
    return bare(text)[:150] in bare(seen.words)


async def test_p9_hostile_words_in_every_field_of_every_form(house: House, database_url: str) -> None:
    """P9, with the fullest form: what is typed is read by the others as it was typed."""
    for name, text in for_this(database_url, TYPED).items():
        await words_in_every_field(house, text)
        harmless(house, name)


async def words_in_every_field(house: House, text: str) -> None:
    me, before = await open_form(house.person(ANNA)), requests(house, HELENA)
    await me.press("modal", "redraw", "crime")
    await until(lambda: "Matter" in str(me.modal), "the full form")
    await me.options("Which calls?", cut(text, 100))
    offered = await found(lambda: me.options("Which calls?"))
    typed = {field: cut(text, most) for field, most in MOST.items()} | {"crm": "CS-10442"}
    outcome = await me.submit({"reason": "crime", "recordings": [offered[0]["value"]], **typed})
    assert outcome.ok, outcome
    await house.settled()
    [request] = requests(house, HELENA) - before
    assert [words for words in typed.values() if not shows(words, card(house, HELENA, request))] == []
    for uid, button in ((HELENA, "Ask a question"), (ANNA, "Answer"), (HELENA, "Deny")):
        await send(house, uid, request, button, cut(text, 1000))
    for uid in (ANNA, HELENA):
        assert bare(card(house, uid, request).words).count(bare(text)[:40]) >= 5
        assert card(house, uid, request).buttons == (["Ask again"] if uid == ANNA else [])
        await house.person(uid).open_home()
    await house.settled()


async def test_what_is_too_long_is_told_at_its_field_and_stays(house: House) -> None:
    """Slack's own client stops at the field's length; somebody else's may not."""
    me = await open_form(house.person(ANNA))
    await me.press("modal", "redraw", "crime")
    view = await until(lambda: found_with("Matter", house.workspace.modal(ANNA)), "the full form")
    submission = payloads.submitted(house.workspace, ANNA, view)
    values = submission["view"]["state"]["values"]
    values["reason"]["redraw"]["selected_option"] = {"value": "crime"}
    values["recordings"]["lookup:recordings"]["selected_options"] = [{"value": "1"}]
    for field in MOST:
        values[field]["text"]["value"] = "\U0001f469\u200d" * 2500
    async with ClientSession() as http:
        status, text = await post("interactive", submission).to(http, house.url)
    told = json.loads(text)
    assert (status, told["response_action"]) == (200, "errors")
    assert told["errors"] == {
        field: f"This takes {most:,} characters; you wrote 5,000. Please shorten it." for field, most in MOST.items()
    }
    assert requests(house, ANNA) == set()
    harmless(house)


def found_with(words: str, view: Any) -> Any:
    return view if view is not None and words in str(view.body) else None


async def test_hostile_names_operators_and_references(tmp_path: Path, database_url: str) -> None:
    """P7: who asks, who answered the call and its CRM reference come from other systems."""
    texts = for_this(database_url, TEXTS).values()
    names = {f"U0EVE{chr(65 + place)}": f"Eve {text}" for place, text in enumerate(texts)}
    people = [Member(uid, name, f"{uid}@fernhill.example", "Agent", "Asia/Kathmandu") for uid, name in names.items()]
    async with a_house(tmp_path, database_url, people=people) as house:
        for uid, text in zip(names, texts, strict=True):
            a_call(tmp_path / "calls", uid, printable(f"Mal {text}")[:200], printable(f"CS {text}")[:100])
        await house.steward.tick()
        for uid, name in names.items():
            await an_odd_name(house, uid, name)
            harmless(house, name)


async def an_odd_name(house: House, uid: str, name: str) -> None:
    operator = printable(name.replace("Eve", "Mal", 1))[:200]
    request = await ask(house, uid, typed=uid)
    for reader in (uid, TARA):
        assert shows(operator, card(house, reader, request))
    assert shows(name, card(house, TARA, request))
    await send(house, TARA, request, "Ask a question", "Which one?")
    await press(house, TARA, request, "Approve")
    async with ears(house, request, uid) as listening:
        access = await listening.told("access")
        assert bare(access["person"]) == bare(name)
        assert bare(access["recordings"][0]["operator"]) == bare(operator)
    for reader in (uid, TARA):
        await house.person(reader).open_home()
    await house.settled()


def printable(text: str) -> str:
    """The recorder tells of metadata with control characters in it, and takes no such recording."""
    return "".join(one for one in text if one.isprintable() or one == "\u200b").strip()


def a_call(folder: Path, name: str, operator: str, crm: str) -> None:
    with wave.open(str(folder / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16_000))
    told = {
        "line": AU, "direction": "incoming", "caller": "", "department": "sales", "duration": 1.0, "crm": crm,
        "operator": {"name": operator, "email": f"mal.{name}@fernhill.example"},
        "started": (moment() - timedelta(hours=3)).isoformat(),
    }  # fmt: skip
    (folder / f"{name}.json").write_text(json.dumps(told))

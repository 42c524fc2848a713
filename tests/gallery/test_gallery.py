"""The gallery shows every state of everything that people see, as the product itself makes it."""

from __future__ import annotations

import asyncio
import filecmp
import json
import re
from pathlib import Path

import pytest

from bot.rehearsal.slack.blockkit import check_message, check_view
from tests.bot.teams.cards import faults
from tests.gallery.pictures import LOOKS, a_studio
from tests.gallery.requests import STATES
from tests.gallery.scenes import played
from tests.gallery.shots import Shot, State

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[State]:
    async def all_of_them(folder: Path) -> list[State]:
        return [state async for state in played(folder)]

    return asyncio.run(all_of_them(tmp_path_factory.mktemp("gallery")))


def shots(states: list[State]) -> list[tuple[str, Shot]]:
    return [(state.path(shot), shot) for state in states for shot in state.shots]


def one(states: list[State], group: str, name: str, reader: str) -> Shot:
    [found] = [
        shot for state in states if (state.group, state.name) == (group, name) for shot in state.shots if shot.name == reader
    ]  # fmt: skip
    return found


def test_slack_would_take_every_one_of_them(states: list[State]) -> None:
    sent = ("type", "title", "submit", "close", "blocks", "callback_id", "private_metadata")
    for path, shot in shots(states):
        match shot.kind:
            case "message":
                check_message(shot.seen["blocks"])
                assert re.search(r"[.?]\W*$", shot.spoken), path
            case "modal" | "home" as kind:
                view = {name: shot.seen[name] for name in sent if shot.seen.get(name) is not None}
                check_view(view, kind)
            case "confirm":
                assert shot.seen["text"]["text"]


def test_teams_would_take_a_twin_of_every_one_of_them(states: list[State]) -> None:
    for path, shot in shots(states):
        if shot.twin["card"] is None:
            assert shot.seen["ephemeral"], path
            assert shot.twin["words"], path
        else:
            assert faults(shot.twin["card"]) == [], path


def test_a_twin_says_what_slack_says(states: list[State]) -> None:
    """Titles and buttons word for word, what was filled in, and what is to be mended."""
    for path, shot in shots(states):
        said = json.dumps(shot.twin, ensure_ascii=False)
        for button in _buttons(shot.seen):
            assert f'"title": "{button}"' in said, path
        assert all(sentence in said for sentence in shot.errors.values()), path
    filled = one(states, "Request form", "investigation, filled in", "requester").twin["card"]
    inputs = {one["id"]: one.get("value", "") for one in filled["body"] if "id" in one}
    assert (inputs["reason"], inputs["crm"], inputs["recordings"].count(",")) == ("legal_claim", "CS-10442", 1)
    chosen = next(one for one in filled["body"] if one.get("id") == "recordings")
    assert all("Sydney" in one["title"] for one in chosen["choices"])


def _buttons(seen: object) -> list[str]:
    if isinstance(seen, dict):
        mine = [seen["text"]["text"]] if seen.get("type") == "button" else []
        return mine + [one for inner in seen.values() for one in _buttons(inner)]
    return [one for inner in seen for one in _buttons(inner)] if isinstance(seen, list) else []


def test_a_form_that_came_back_says_what_to_mend_at_its_fields(states: list[State]) -> None:
    errors = one(states, "Request form", "investigation, sent empty", "requester").errors
    assert set(errors) == {"recordings", "purpose", "matter", "basis", "audience"}, (
        "which reference is asked for once there is a call"
    )
    assert set(one(states, "Request form", "a call is gone", "requester").errors) == {"recordings"}
    late = one(states, "Notes", "already decided", "sent from a form")
    assert "already withdrawn by Anna Quill" in late.seen["blocks"][0]["text"]["text"]
    assert "Which of her two visits" in json.dumps(late.seen["state"])
    assert "out of date" in one(states, "Notes", "an older form", "requester").seen["blocks"][0]["text"]["text"]
    for path, shot in shots(states):
        assert set(shot.errors) <= {block["block_id"] for block in shot.seen.get("blocks", [])}, path


def test_the_first_line_tells_the_states_apart(states: list[State]) -> None:
    titles = {
        name: one(states, "Access request", name, "requester").seen["blocks"][0]["text"]["text"]
        for name in STATES if name != "answered"
    }  # fmt: skip
    assert len(set(titles.values())) == len(titles)


def _sizes(folder: Path) -> dict[str, tuple[int, int]]:
    """Width and height of every picture, as its header says."""
    heads = {path.name: path.read_bytes()[16:24] for path in folder.iterdir()}
    return {name: (int.from_bytes(head[:4]), int.from_bytes(head[4:])) for name, head in heads.items()}


@pytest.mark.browser
async def test_a_card_and_a_form_are_drawn_in_each_look(states: list[State], tmp_path: Path) -> None:
    card = one(states, "Access request", "waiting", "approver")
    form = one(states, "Request form", "investigation, sent empty", "requester")
    async with a_studio(tmp_path) as studio:
        await studio.take("card", card)
        await studio.take("form", form)
    sizes = _sizes(tmp_path)
    assert len(sizes) == 16
    assert [sizes[f"card.{look.name}.png"][0] for look in LOOKS] == [look.width for look in LOOKS]
    assert [sizes[f"form.{look.name}.png"][0] for look in LOOKS] == [540, 720, 390, 390] * 2
    assert all(height > 200 for _, height in sizes.values())
    for platform in ("slack", "teams"):
        light, dark = (tmp_path / f"card.{platform}-desktop-{scheme}.png" for scheme in ("light", "dark"))
        assert not filecmp.cmp(light, dark, shallow=False)

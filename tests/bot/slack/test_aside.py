"""P9 in Slack: what a form carries without showing it fits in what Slack takes, and comes back as it was typed."""

from __future__ import annotations

import json
from typing import Any

from bot.slack.aside import metadata, parted, unshown
from handlers.access.forms import AccessForm, InvestigationForm
from handlers.cards import Filled, Option
from tests.handlers.builders import POLICY

SHORT, LONG = AccessForm.sheet(POLICY), InvestigationForm.sheet(POLICY)
NAMED = {"type": "multi_external_select", "selected_options": [{"value": "h1", "text": {"text": "Helena Marsh"}}]}


def view(values: dict[str, dict[str, Any]], carried: str = "") -> dict[str, Any]:
    """A form as it comes back: its fields, what stands in them, and what it carries."""
    state = {name: {"text": state} for name, state in values.items()}
    return {
        "private_metadata": carried, "blocks": [{"block_id": name} for name in values], "state": {"values": state},
    }  # fmt: skip


def test_p9_words_and_names_are_set_aside_and_come_back() -> None:
    there = view(
        {"purpose": {"value": "Why."}, "basis": {"value": "Ref 9"}, "matter": {"value": None}, "concerned": NAMED}
    )
    filled, aside = parted(there, SHORT)
    assert (filled.values, aside) == ({}, {"basis": "Ref 9", "concerned": [["h1", "Helena Marsh"]]})
    back, left = parted(view({"purpose": {"value": "Why."}}, metadata(SHORT, aside)), LONG)
    assert back.values == {"basis": "Ref 9", "concerned": ["h1"]}
    assert [one.label for one in back.offered["concerned"]] == ["Helena Marsh"]
    assert left == {}


def test_p9_what_slack_would_not_take_is_left_out_the_longest_first() -> None:
    aside = {"audience": "😀" * 300, "matter": "m" * 200, "basis": '"' * 1500}
    told = metadata(SHORT, aside)
    assert len(told.encode("utf-16-le")) // 2 <= 3000
    assert json.loads(told)["aside"].keys() == {"audience", "matter"}


def test_what_a_form_is_filled_in_with_and_does_not_show_is_carried_too() -> None:
    offered = {"concerned": [Option("h1", "Helena Marsh")], "recordings": [Option("1", "A call")]}
    filled = Filled({"matter": "Claim 12", "purpose": "Why.", "basis": "", "concerned": ["h1"]}, {}, offered)
    assert unshown(SHORT, filled) == {"matter": "Claim 12", "concerned": [["h1", "Helena Marsh"]]}
    assert unshown(LONG, filled) == {}

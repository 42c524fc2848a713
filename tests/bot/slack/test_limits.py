"""Whatever a card or a form holds, what is drawn of it stays within Slack's limits and nothing in it comes to life."""

import json
from collections.abc import Iterator
from typing import Any

import regex
from hypothesis import given, settings

from bot.rehearsal.slack.blockkit import check_message, check_view
from bot.slack import render
from handlers.cards import Card, Sheet
from tests.bot.any_cards import cards, sheets, zones


def found(value: object, key: str) -> Iterator[Any]:
    """Everything under `key`, at any depth."""
    if isinstance(value, dict):
        yield from ([value[key]] if key in value else [])
        for inner in value.values():
            yield from found(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, key)


def alive(value: object) -> list[str]:
    """Markup and emoji codes that would come to life anywhere in `value`, apart from our own bold labels and dates."""
    if isinstance(value, list):
        return [one for inner in value for one in alive(inner)]
    if not isinstance(value, dict):
        return []
    if value.get("type") == "plain_text":
        return [] if value["emoji"] is False else [value["text"]]
    if value.get("type") != "mrkdwn":
        return [one for inner in value.values() for one in alive(inner)]
    bare = regex.sub(
        r"\A\*[^*\n]+\*\n|<!date\^\d+\^\u200b?\{date_short_pretty\}, \{time(?:_secs)?\}\|[\w ,:]+>", "", value["text"]
    )
    return regex.findall(r"[*_~`<>@#]|:\S+:|&gt;|//", bare)


@settings(max_examples=60, deadline=None)
@given(cards, zones)
def test_a_message_is_taken_whatever_it_holds(card: Card, zone: str) -> None:
    drawn = render.render_message(card, zone)
    check_message(drawn["blocks"])
    assert sum(len(words) for words in found(drawn["blocks"], "text") if isinstance(words, str)) < 10_000
    assert len(json.dumps(drawn["blocks"], ensure_ascii=False)) < 10_000
    assert alive(drawn["blocks"]) == []
    assert not regex.search(r"[<>]", drawn["text"])
    assert 1 <= len(drawn["text"].encode("utf-16-le")) // 2 <= 3000


@settings(max_examples=50, deadline=None)
@given(sheets)
def test_a_form_may_hold_anything(sheet: Sheet) -> None:
    view = render.render_modal(sheet)
    if view["blocks"]:
        check_view(view, "modal")
    assert alive(view) == []
    assert render.read_subject(view) == sheet.about

"""Whatever a card or a form holds, what is drawn of it stays within Slack's limits and nothing in it comes to life."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import render
from handlers.cards import (
    Actions,
    Button,
    Card,
    Choice,
    Day,
    Facts,
    Heading,
    Line,
    Long,
    Lookup,
    Option,
    Row,
    Said,
    Sheet,
    Short,
    Sign,
    Small,
    Title,
    When,
)

Reader = Callable[[Any], list[str]]

HOSTILE = [
    "<!channel> <@U0001> <https://evil.test|your bank> &lt; & ",
    "*bold* _i_ ~s~ `c` :smile: > \n> quoted\n",
    "\u202eright to left שלום مرحبا \u2066",
    "👩‍👩‍👧‍👦👍🏽\u0301",
    "\ud83d\x00\x1b",
    '"\\\n' * 20,
    "\u200d",
    " ",
]
typed = st.one_of(
    st.text(max_size=100),
    st.text(st.characters(), max_size=30),
    st.builds(lambda words, times: words * times, st.sampled_from(HOSTILE), st.integers(1, 100)),
    st.sampled_from(HOSTILE).map(lambda words: (words * 5000)[:5000]),
)
whens = st.builds(
    When,
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Australia/Sydney", "Europe/London", "UTC", "no such zone"]),
)
wordings = st.one_of(typed, whens, st.lists(st.one_of(typed, whens), max_size=4).map(tuple))
ids = st.sampled_from(["approve", "deny", "listen", "details"])
buttons = st.builds(
    Button,
    ids,
    typed,
    st.sampled_from(["R-1", "R-2:7", ""]),
    st.sampled_from(["primary", "danger", "plain"]),
    st.none() | typed,
    st.none() | st.just("https://steward.example.com/listen#x"),
)
rows = st.builds(Row, wordings, st.none() | buttons, st.none() | wordings)
acts = st.lists(buttons, max_size=30).map(lambda some: Actions(tuple(some)))
facts = st.lists(st.tuples(typed, wordings), max_size=5).map(lambda some: Facts(tuple(some)))
parts = st.one_of(
    st.builds(Title, st.sampled_from(Sign), typed, typed),
    st.builds(Heading, typed),
    facts,
    st.builds(Said, typed, typed),
    st.builds(Line, wordings, st.none() | st.sampled_from(Sign)),
    st.builds(Small, wordings),
    rows,
    acts,
)
cards = st.builds(Card, st.lists(parts, max_size=6).map(tuple), typed)
zones = st.sampled_from(["Australia/Sydney", "Europe/London", ""])


def found(value: object, key: str) -> Iterator[Any]:
    """Everything that stands under `key`, at any depth."""
    if isinstance(value, dict):
        yield from ([value[key]] if key in value else [])
        for inner in value.values():
            yield from found(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, key)


def alive(value: object) -> list[str]:
    """Markup that would come to life in any mrkdwn of `value`, apart from our own bold labels and dates."""
    if isinstance(value, list):
        return [one for inner in value for one in alive(inner)]
    if not isinstance(value, dict):
        return []
    if value.get("type") != "mrkdwn":
        return [one for inner in value.values() for one in alive(inner)]
    bare = regex.sub(
        r"\A\*[^*\n]+\*\n|<!date\^\d+\^\u200b?\{date_long_pretty\}, \{time(?:_secs)?\}\|[\w ,:]+>", "", value["text"]
    )
    return regex.findall(r"[*_~`<>@#]|:\S+:|&gt;|//", bare)


@settings(max_examples=60, deadline=None)
@given(cards, zones)
def test_a_message_is_taken_whatever_it_holds(faults: Reader, card: Card, zone: str) -> None:
    drawn = render.message(card, zone)
    assert faults(drawn["blocks"]) == []
    assert sum(len(words) for words in found(drawn["blocks"], "text") if isinstance(words, str)) < 10_000
    assert len(json.dumps(drawn["blocks"], ensure_ascii=False)) < 10_000
    assert alive(drawn["blocks"]) == []
    assert not regex.search(r"[<>]", drawn["text"])
    assert 1 <= len(drawn["text"].encode("utf-16-le")) // 2 <= 3000


choices = st.lists(st.builds(Option, st.just("training"), typed, typed), min_size=1, max_size=120).map(tuple)
fields = st.one_of(
    st.builds(Choice, st.uuids().map(str), typed, choices, typed, st.booleans(), st.booleans()),
    st.builds(Lookup, st.uuids().map(str), typed, st.just("recordings"), st.integers(1, 10), typed, typed),
    st.builds(Short, st.uuids().map(str), typed, st.integers(1, 5000), typed, typed),
    st.builds(Long, st.uuids().map(str), typed, st.integers(1, 5000), typed, typed),
    st.builds(Day, st.uuids().map(str), typed, typed, st.booleans()),
)
sheets = st.builds(Sheet, ids, typed, typed, st.lists(fields, max_size=7).map(tuple), ids, typed)


@settings(max_examples=50, deadline=None)
@given(sheets)
def test_a_form_is_taken_whatever_it_holds(view_faults: Reader, sheet: Sheet) -> None:
    view = render.modal(sheet)
    blank = [{"a": 0}] if not view["blocks"] else []
    assert blank or view_faults(view) == []
    assert render.about(view) == sheet.about

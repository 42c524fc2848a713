"""Cards and forms of every kind, with words in them that look like markup, for either platform to draw."""

from datetime import UTC, datetime

from hypothesis import strategies as st

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
)  # fmt: skip

HOSTILE = [
    "<!channel> <@U0001> <https://evil.test|your bank> &lt; & ", "*bold* _i_ ~s~ `c` :smile: > \n> quoted\n",
    "[your bank](https://evil.test) ![x](https://evil.test/x.png) <https://evil.test> www.evil.test evil.test ",
    "<at>Anna Quill</at> @Anna <b>bold</b> &lt;i&gt; &amp; ", "*bold* **b** _i_ __i__ ~~s~~ `c` \\* # ",
    "{{DATE(2026-11-24T03:00:00Z, LONG)}} {{TIME(2026-11-24T03:00:00Z)}} {{{ ${name} ",
    "- one\n- two\n1. three\n\n# four\n> five\n---\n| a | b |\n|---|---|\n",
    "\u202eright to left\u202c שלום مرحبا \u2066open \u2069\u2069\u202c\u202d", "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿👍🏽a" + "\u0301" * 300,
    "\ud83d lone \udc00 \ud83d\ude00 nul \x00 bell \x07\x1b[31m", '"\\\n' * 20, "\u200d\u200b\ufeff", " ",
]  # fmt: skip
typed = st.one_of(
    st.text(max_size=100),
    st.text(st.characters(), max_size=30),
    st.text("*_~`<>@#!:|&[](){}\\-+=1.\n \u202e\u2069אa", max_size=60),
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
    Button, ids, typed, st.sampled_from(["R-1", "R-2:7", ""]), st.sampled_from(["primary", "danger", "plain"]),
    st.none() | typed, st.none() | st.just("https://steward.example.com/listen#x"),
)  # fmt: skip
rows = st.builds(Row, wordings, st.none() | buttons, st.none() | wordings)
parts = st.one_of(
    st.builds(Title, st.sampled_from(Sign), typed, typed), st.builds(Heading, typed),
    st.lists(st.tuples(typed, wordings), max_size=5).map(lambda some: Facts(tuple(some))),
    st.builds(Said, typed, typed), st.builds(Line, wordings, st.none() | st.sampled_from(Sign)),
    st.builds(Small, wordings), rows, st.lists(buttons, max_size=30).map(lambda some: Actions(tuple(some))),
)  # fmt: skip
cards = st.builds(Card, st.lists(parts, max_size=6).map(tuple), typed)
zones = st.sampled_from(["Australia/Sydney", "Europe/London", ""])
choices = st.lists(st.builds(Option, st.sampled_from(["training", "crime"]), typed, typed), min_size=1, max_size=120)
names = st.uuids().map(str)
fields = st.one_of(
    st.builds(Choice, names, typed, choices.map(tuple), typed, st.booleans(), st.booleans()),
    st.builds(Lookup, names, typed, st.just("recordings"), st.integers(1, 10), typed, typed),
    st.builds(Short, names, typed, st.integers(1, 5000), typed, typed),
    st.builds(Long, names, typed, st.integers(1, 5000), typed, typed),
    st.builds(Day, names, typed, typed, st.booleans()),
)
sheets = st.builds(Sheet, ids, typed, typed, st.lists(fields, max_size=7).map(tuple), ids, st.text(max_size=300))

"""P8: a letter written out says the same in both forms, and nothing that anybody wrote becomes more than words."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from bot.mail.writing import Writing
from handlers.letters import Written
from tests.each import each

LINK = "https://steward.example.com/copy?a=1&b=2#kX3v9pQm7yRb2sTn8wLc4dFh6gJa1eZu"
WHOLE = Written(
    "Your copy of a call", "Dear Ms Pemberly,", ("Here it is.\nPlease press the button.", "It works for 14 days."), LINK, "Open my copy",
    (("Line", "+61 2 8197 9000"), ("Length", "3 minutes")), ("You can complain to the Commissioner.", "Fernhill keeps your data safe."),
)  # fmt: skip
BARE = Written("Your request", "Dear Jo,", ("We hold no recording that fits.",))
WRITING = Writing("Fernhill Telecare")
HOSTILE = (
    "<b>bold</b>", "<script>alert(1)</script>", "</td></tr></table><img src=https://x.example/p.gif>", '" onclick="x', "' style='x",
    "{{ company }}", "{% include 'x' %}", "{# gone #}", "&lt;b&gt;", "<!--", "]]>", "<style>*{display:none}</style>", "<a href=//x.example>",
    "<?php", "</style>", "<svg/onload=x>",
)  # fmt: skip
SHAPES = {
    "subject": lambda words: replace(WHOLE, subject=words),
    "greeting": lambda words: replace(WHOLE, greeting=words),
    "paragraphs": lambda words: replace(WHOLE, paragraphs=("Before.", f"One.\n{words}")),
    "label": lambda words: replace(WHOLE, link_label=words),
    "small": lambda words: replace(WHOLE, small=("Before.", words)),
    "name": lambda words: replace(WHOLE, facts=((words, "3 minutes"),)),
    "value": lambda words: replace(WHOLE, facts=(("Length", words),)),
}


class Read(HTMLParser):
    """What a mail program makes of it: elements with their attributes, and the words between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.remarks: list[str] = []
        self._words: list[str] = []
        self._in = ""
        self.feed(html)
        self.close()

    @property
    def words(self) -> str:
        return " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        self._in = tag

    def handle_comment(self, data: str) -> None:
        self.remarks.append(data)

    def handle_data(self, data: str) -> None:
        if self._in != "style":
            self._words.append(data)


def test_p8_both_forms_say_all_of_it() -> None:
    body = WRITING.write(WHOLE)
    for words in (
        "Dear Ms Pemberly,", "Here it is.", "Please press the button.", "It works for 14 days.", LINK, "Open my copy", "Line",
        "+61 2 8197 9000", "You can complain to the Commissioner.", "Fernhill keeps your data safe.", "Fernhill Telecare",
    ):  # fmt: skip
        assert words in body.plain
        assert words in Read(body.html).words
    assert body.subject == "Your copy of a call"


def test_p8_plain_text_reads_well_alone() -> None:
    assert WRITING.write(WHOLE).plain == (
        "Dear Ms Pemberly,\n\nHere it is.\nPlease press the button.\n\nIt works for 14 days.\n\nOpen my copy:\n"
        f"{LINK}\n\nLine: +61 2 8197 9000\nLength: 3 minutes\n\nFernhill Telecare\n\n"
        "You can complain to the Commissioner.\n\nFernhill keeps your data safe.\n"
    )
    assert WRITING.write(BARE).plain == "Dear Jo,\n\nWe hold no recording that fits.\n\nFernhill Telecare\n"


def test_p8_what_a_letter_has_not_leaves_nothing_behind() -> None:
    read = Read(WRITING.write(BARE).html)
    assert "facts" not in str(read.elements)
    assert not any(tag in ("a", "th", "div") for tag, _ in read.elements)
    assert read.words == "Your request Fernhill Telecare Dear Jo, We hold no recording that fits."


def test_p8_the_link_is_pressed_and_read_and_is_the_only_one() -> None:
    html = WRITING.write(WHOLE).html
    links = [dict(attrs)["href"] for tag, attrs in Read(html).elements if tag == "a"]
    assert links == [LINK, LINK]
    assert Read(html).words.count(LINK) == 1


def test_p8_nothing_is_fetched_and_nobody_is_counted() -> None:
    html = WRITING.write(WHOLE).html
    elements = Read(html).elements
    assert {tag for tag, _ in elements} <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "table",
        "tbody",
        "tr",
        "td",
        "th",
        "p",
        "a",
        "br",
        "div",
    }
    assert not {name for _, attrs in elements for name, _ in attrs} & {
        "src",
        "srcset",
        "background",
        "poster",
        "action",
        "id",
    }
    assert not re.search(r"url\(|@import|@font-face|http(?!s://steward\.example\.com/copy)", html)


def test_p8_it_is_made_for_light_and_dark_and_for_programs_without_sheets() -> None:
    html = WRITING.write(WHOLE).html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert html.count("@media (prefers-color-scheme: dark)") == 1
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert re.sub(r"@media[^{]*\{(?:[^{}]*\{[^}]*\})*\s*\}", "", style).strip() == ""
    for tag, attrs in Read(html).elements:
        if tag in ("p", "a", "td", "th") and "style" not in dict(attrs):
            raise AssertionError((tag, attrs))


@each("field", SHAPES)
@each("words", HOSTILE)
def test_p8_markup_that_somebody_wrote_is_words(field: str, words: str) -> None:
    harmless = WRITING.write(SHAPES[field]("words"))
    body = WRITING.write(SHAPES[field](words))
    read, usual = Read(body.html), Read(harmless.html)
    assert read.elements == usual.elements
    assert read.remarks == usual.remarks == []
    assert words in read.words
    assert words in body.plain or field == "subject"


def test_p8_what_can_not_be_seen_or_sent_is_left_out() -> None:
    body = WRITING.write(SHAPES["greeting"]("Dear\x00 \ufeffJo\ud800,\x1b[2J"))
    assert body.plain.startswith("Dear Jo\ufffd,[2J\n")
    body.html.encode()

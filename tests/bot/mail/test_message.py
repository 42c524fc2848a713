"""A letter as it is written and sent: both forms say the same, and nothing that was typed is more than words (P8)."""

import re
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.mail import Writing
from bot.mail.smtp import compose_message
from bot.ports import Letter
from bot.settings.setting_values import Sender, Server
from handlers.cards import Written
from tests.bot.mail.benches import LETTER, SENDER, TO, mailer
from tests.bot.mail.post_office import PostOffice, bodies
from tests.each import each
from tests.moments import moment

KINDS = (
    "jo@x.example\r\nBcc: eve@x.example", "a\nBcc: eve@x.example", "a\rb", "a\x00b", "a\x0bb", "a\x85b", "a\u2028b",
    "a\u2029b",
)  # fmt: skip


async def sent(office: PostOffice, letter: Letter) -> Any:
    await mailer(Server("127.0.0.1", office.port, near=True)).send(letter)
    return office.messages[-1]


async def test_p8_the_headers_are_these_and_no_others(office: PostOffice) -> None:
    message = await sent(office, LETTER)
    headers = {name: str(value) for name, value in message.items() if not name.startswith("Content-")}
    assert headers == {
        "Date": "Tue, 24 Nov 2026 01:42:07 +0000", "From": "Fernhill Telecare <copies@fernhill.example>", "To": TO,
        "Subject": "Your copy", "Message-ID": "<c-1.a@fernhill.example>", "Auto-Submitted": "auto-generated", "MIME-Version": "1.0",
    }  # fmt: skip
    assert message.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]
    [envelope] = office.arrived
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER.address, [TO])


@pytest.mark.parametrize("lines", [
    ".", "..", ".\n.\n..a\n", "\n.\n\nQUIT\nMAIL FROM:<eve@x.example>\n", "a\r.\rb", "From here on\nFrom there", "=", "=2E", " \t ",
    "x" * 5000, "\n".join("y" * number for number in range(990, 1010)), "für 👩🏽‍🚀 日本語 \u202eabc", "ß" * 3000, "a\n\n\n\nb",
])  # fmt: skip
async def test_p8_every_line_arrives_as_it_was_written(office: PostOffice, lines: str) -> None:
    message = await sent(office, replace(LETTER, plain=f"{lines}\n", html=f"<p>{lines}</p>\n"))
    usual = lines.replace("\r", "\n")
    assert bodies(message) == (f"{usual}\n", f"<p>{usual}</p>\n")
    assert len(office.arrived) == 1
    content = office.arrived[0].content
    assert isinstance(content, bytes)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")


@each("words", KINDS)
def test_p8_no_subject_begins_another_header(words: str) -> None:
    with suppress(ValueError):  # which is told as a letter that can't be written
        written = compose_message(
            replace(LETTER, subject=words), LETTER.to, Sender("", "copies@fernhill.example"), moment()
        )
        assert message_from_bytes(written)["Bcc"] is None


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
    said = Read(body.html).words
    assert [one for one in body.plain.replace(":", "").split() if one not in said.replace(":", "")] == []
    assert body.subject == "Your copy of a call"
    assert body.plain == (
        "Dear Ms Pemberly,\n\nHere it is.\nPlease press the button.\n\nIt works for 14 days.\n\nOpen my copy:\n"
        f"{LINK}\n\nLine: +61 2 8197 9000\nLength: 3 minutes\n\nFernhill Telecare\n\n"
        "You can complain to the Commissioner.\n\nFernhill keeps your data safe.\n"
    )
    assert WRITING.write(BARE).plain == "Dear Jo,\n\nWe hold no recording that fits.\n\nFernhill Telecare\n"


def test_p8_the_link_is_pressed_and_read_and_is_the_only_one() -> None:
    html = WRITING.write(WHOLE).html
    links = [dict(attrs)["href"] for tag, attrs in Read(html).elements if tag == "a"]
    assert links == [LINK, LINK]
    assert Read(html).words.count(LINK) == 1


def test_p8_nothing_is_fetched_and_no_one_is_counted() -> None:
    html = WRITING.write(WHOLE).html
    elements = Read(html).elements
    assert {tag for tag, _ in elements} <= {
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "h1", "table", "tbody", "tr", "td", "th", "p", "a", "br",
    }  # fmt: skip
    fetching = {"src", "srcset", "background", "poster", "action", "id"}
    assert not {name for _, attrs in elements for name, _ in attrs} & fetching
    assert not re.search(r"url\(|@import|@font-face|http(?!s://steward\.example\.com/copy)", html)


def test_p8_an_address_of_the_company_is_a_link() -> None:
    small = (
        "How we handle personal data: https://fernhill.example/privacy?a=1&b=2.",
        "Or ask privacy@fernhill.example, or oaic.gov.au.",
    )
    elements = Read(WRITING.write(replace(BARE, small=small)).html).elements
    links = [dict(attrs)["href"] for tag, attrs in elements if tag == "a"]
    assert links == [
        "https://fernhill.example/privacy?a=1&b=2",
        "mailto:privacy@fernhill.example",
        "https://oaic.gov.au",
    ]


def _without_links(read: Read) -> list[Any]:
    return [one for one in read.elements if one[0] != "a"]


@each("field", SHAPES)
@each("words", HOSTILE)
def test_p8_markup_in_typed_words_stays_words(field: str, words: str) -> None:
    harmless = WRITING.write(SHAPES[field]("words"))
    body = WRITING.write(SHAPES[field](words))
    read, usual = Read(body.html), Read(harmless.html)
    assert _without_links(read) == _without_links(usual)
    written = {value for tag, attrs in read.elements if tag == "a" for name, value in attrs if name == "href"}
    assert all((one or "").startswith(("https://", "http://", "mailto:")) for one in written)
    assert read.remarks == usual.remarks == []
    assert words in read.words
    assert words in body.plain or field == "subject"


def test_p8_what_cannot_be_seen_or_sent_is_left_out() -> None:
    body = WRITING.write(SHAPES["greeting"]("Dear\x00 \ufeffJo\ud800,\x1b[2J"))
    assert body.plain.startswith("Dear Jo\ufffd,[2J\n")
    body.html.encode()

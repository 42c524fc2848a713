"""P8: what goes over the wire is one whole message to one address, whatever anybody wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.ports import Letter
from bot.settings.mail_server import Server
from tests.bot.mail.benches import LETTER, SENDER, TO, mailer
from tests.bot.mail.post_office import PostOffice, bodies
from tests.each import each

KINDS = (
    "jo@x.example\r\nBcc: eve@x.example",
    "a\nBcc: eve@x.example",
    "a\rb",
    "a\x00b",
    "a\x0bb",
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
)


async def sent(office: PostOffice, letter: Letter) -> Any:
    await mailer(Server("127.0.0.1", office.port, near=True)).send(letter)
    return office.messages[-1]


async def test_p8_the_headers_are_these_and_no_others(office: PostOffice) -> None:
    message = await sent(office, LETTER)
    assert {name: str(value) for name, value in message.items() if not name.startswith("Content-")} == {
        "Date": "Tue, 24 Nov 2026 01:42:07 +0000",
        "From": "Fernhill Telecare <copies@fernhill.example>",
        "To": TO,
        "Subject": "Your copy",
        "Message-ID": "<c-1.a@fernhill.example>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
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


@each("subject", [
    "Ihre Aufzeichnung für März", "通話の記録 👩🏽‍🚀", "x" * 2000, "ß" * 900, "Re: =?utf-8?q?Bcc:_eve?=", "a, b <c@x.example>; d:",
    "\u2068שלום\u2069 and on", "Bcc: eve@x.example", ".", "  spaces  in  it  ",
])  # fmt: skip
async def test_p8_a_subject_in_any_letters_is_one_header(office: PostOffice, subject: str) -> None:
    message = await sent(office, replace(LETTER, subject=subject))
    whole = str(message["Subject"])
    assert "eve" not in str(message["Bcc"])
    assert message["Subject"].defects == ()
    assert " ".join(whole.split()) == " ".join(("Re: Bcc: eve" if "=?" in subject else subject).split())


@each("words", KINDS)
def test_p8_what_could_begin_another_header_makes_no_letter(words: str) -> None:
    for field in ("to", "subject", "message_id"):
        with pytest.raises(ValueError, match=r"one line each|Message-ID"):
            replace(LETTER, **{field: words})


@each("name", ["", "<>", "c-1@fernhill.example", "<c 1@fernhill.example>", "<c-1>", "<c-1@fern<hill>"])
def test_p8_a_message_id_is_one(name: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        replace(LETTER, message_id=name)


def test_p8_nothing_of_a_letter_but_its_id_shows_in_a_repr() -> None:
    assert repr(LETTER) == "Letter(message_id='<c-1.a@fernhill.example>')"

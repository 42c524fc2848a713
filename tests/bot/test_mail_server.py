"""`SMTP_URL`: what it says of the server, and what is told of a wrong one without repeating a password (P8)."""

from __future__ import annotations

import pytest

from bot.settings.mail_server import Server, server_of
from tests.each import each


@each(("url", "server"), [
    ("smtp://mail.example.com", Server("mail.example.com", 587)),
    ("smtp://mail.example.com:2525/", Server("mail.example.com", 2525)),
    ("smtps://mail.example.com", Server("mail.example.com", 465, tls_alone=True)),
    ("smtp://localhost", Server("localhost", 25, near=True)),
    ("smtp://127.0.0.1:1025", Server("127.0.0.1", 1025, near=True)),
    ("smtp://127.8.0.1", Server("127.8.0.1", 25, near=True)),
    ("smtp://[::1]:1025", Server("::1", 1025, near=True)),
    ("smtps://localhost", Server("localhost", 465, tls_alone=True, near=True)),
    ("smtp://[2001:db8::1]", Server("2001:db8::1", 587)),
    ("smtp://10.0.0.7", Server("10.0.0.7", 587)),
    ("smtp://mail_relay:25", Server("mail_relay", 25)),
    ("smtp://localhost.example.com", Server("localhost.example.com", 587)),
    ("smtp://127.0.0.1.example.com", Server("127.0.0.1.example.com", 587)),
    ("smtp://anna:hush@mail.example.com", Server("mail.example.com", 587, user="anna", password="hush")),
    ("smtp://a%40b.example:p%2Fa%3Fs%23s%25%3A@m.example", Server("m.example", 587, user="a@b.example", password="p/a?s#s%:")),
    ("smtp://a@b.example:hush@m.example", Server("m.example", 587, user="a@b.example", password="hush")),
    ("smtp://anna:p%C3%A4ss@m.example", Server("m.example", 587, user="anna", password="päss")),
])  # fmt: skip
def test_p8_an_address_of_a_server(url: str, server: Server) -> None:
    assert server_of(url) == server
    assert "hush" not in repr(server)
    assert "anna" not in repr(server)


def test_p8_a_place_is_told_as_people_write_it() -> None:
    assert server_of("smtp://[2001:db8::1]").place == "[2001:db8::1]:587"
    assert server_of("smtps://mail.example.com").place == "mail.example.com:465"


@each(("url", "sentence"), [
    ("", "isn't the address of a mail server"),
    ("mail.example.com:587", "isn't the address of a mail server"),
    ("https://mail.example.com", "isn't the address of a mail server"),
    ("smtp://", "isn't the address of a mail server"),
    ("smtp:mail.example.com", "isn't the address of a mail server"),
    ("smtp://mail.example.com:0", "isn't the address of a mail server"),
    ("smtp://mail.example.com:many", "isn't the address of a mail server"),
    ("smtp://mail.example.com:70000", "isn't the address of a mail server"),
    ("smtp://[::1", "isn't the address of a mail server"),
    ("smtp://mail.exa mple.com", "isn't the address of a mail server"),
    ("smtp://mail.example.com\r\nX", "isn't the address of a mail server"),
    ("smtp://mail.example.com\\x", "isn't the address of a mail server"),
    ("smtp://\u202email.example.com", "isn't the address of a mail server"),
    ("smtp://mail.example.com/inbox", "more in it than a server"),
    ("smtp://mail.example.com?tls=no", "more in it than a server"),
    ("smtp://mail.example.com#x", "more in it than a server"),
    ("smtp://anna:hu/sh@mail.example.com", "/ as %2F"),
    ("smtp://anna:hu#sh@mail.example.com", "/ as %2F"),
    ("smtp://anna:hu?sh@mail.example.com", "/ as %2F"),
    ("smtp://anna:hu[sh@mail.example.com", "/ as %2F"),
    ("smtp://anna@mail.example.com", "a name and a password go together"),
    ("smtp://:hush@mail.example.com", "a name and a password go together"),
    ("smtp://anna:hush%00@mail.example.com", "a sign in the name or the password"),
])  # fmt: skip
def test_p8_a_wrong_one_is_told_how_to_be_mended_without_what_stands_in_it(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as refused:
        server_of(url)
    assert sentence in str(refused.value)
    assert "hu" not in str(refused.value)
    assert "anna" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None

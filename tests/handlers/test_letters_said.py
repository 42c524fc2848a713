"""P8: a letter to somebody outside holds words, and a link only where it is a web address."""

from __future__ import annotations

import pytest

from handlers.letters import Written
from tests.each import each


def test_p8_a_letter_needs_no_link() -> None:
    assert Written("Your request", "Dear Jo,", ("We hold no such call.",)).link == ""


@each("link", ["https://steward.example.com/copy#kX3v9", "http://localhost:3000/copy?a=b&c"])
def test_p8_a_link_is_a_web_address(link: str) -> None:
    assert Written("Your copy", "Dear Jo,", (), link, "Open").link == link


@each(
    "link",
    [
        "javascript:alert(1)",
        "steward.example.com",
        "https://x.example/a b",
        "https://x.example/<b>",
        "https://x.example/\n",
    ],
)
def test_p8_nothing_else_is(link: str) -> None:
    with pytest.raises(ValueError, match="a web address"):
        Written("Your copy", "Dear Jo,", (), link, "Open")


@each(("link", "label"), [("https://x.example", ""), ("https://x.example", " "), ("", "Open")])
def test_p8_a_link_and_its_label_go_together(link: str, label: str) -> None:
    with pytest.raises(ValueError, match="has a label"):
        Written("Your copy", "Dear Jo,", (), link, label)

"""P3: what the bot looks for on the company's two pages: the sentence in one's text, and a link to that page on the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.notice_pages import Verdict, both, contains, decoded, links
from tests.each import each

W = "Calls are recorded for quality and training purposes"
AT, TARGETS = "https://a.example/contact", frozenset({"https://a.example/privacy"})
MISSING, UNLINKED = Verdict("no", ("wording_missing",)), Verdict("no", ("link_missing",))


@each(
    "page",
    [
        f"<p>{W}.</p>", f"“{W}”", f"<title>Notice</title><h1>Notice</h1>{W}",
        "<p>Calls\n are <b>recorded</b> for&nbsp;quality <i>and</i> training&#32;purposes</p>",
        "<p>Calls<!-- not --> are record&shy;ed for quality and training purposes",
        f"<script>show('x')</script><p>{W}", f"<style>p{{color:red}}</style><p>{W}", f"<div>{'<div>' * 5000}{W}",
    ],
)  # fmt: skip
def test_p3_the_words_are_found_in_the_text_of_a_page(page: str) -> None:
    assert contains(page, W) == ("yes", ())


@each(
    "page",
    [
        "", f"<p>{W[:-1]}</p>", f"<p>{W.lower()}</p>", f"<p>{W.replace('quality', 'quaIity')}</p>", f"<!-- {W} -->", f"<title>{W}</title>",
        f"<script>say('{W}')</script>", f"<style>{W}</style>", f"<template>{W}</template>", f"<img src=x alt='{W}'>", "<div id=app></div><script src=x></script>",
    ],
)  # fmt: skip
def test_p3_words_that_are_not_in_its_text_are_missing(page: str) -> None:
    assert contains(page, W) == MISSING


@each(
    "link",
    [
        "<a href=/privacy>x</a>", "<a href='privacy#calls'> <b>x</b></a>", "<a href='HTTPS://A.EXAMPLE:443/privacy'>x</a>", "<base href='/legal/'><a href='../privacy'>x</a>",
        "<a href=/Privacy/>x</a>", "<a href='/privacy?utm_source=x'>x</a>", "<a href=https://www.a.example/privacy>x</a>", "<a href=/%70rivacy>x</a>",
    ],
)  # fmt: skip
def test_p3_a_link_to_the_notice_is_found_however_it_is_written(link: str) -> None:
    assert links(link, AT, TARGETS) == ("yes", ())


@each(
    "page",
    [
        "", "<p>https://a.example/privacy", "<a href=/terms>x</a>", "<a href='http://[x'>x</a>", "<a href='https://evil.example/privacy'>x</a>", "<a href=''>x</a>",
        "<a href='javascript:go()'>x</a>", "<a name=privacy>x</a>", "<link href=/privacy>",
    ],
)  # fmt: skip
def test_p3_a_page_without_such_a_link_is_a_no(page: str) -> None:
    assert links(page, AT, TARGETS) == UNLINKED


def test_p3_both_pages_make_a_yes_and_one_makes_a_no() -> None:
    yes, no, odd = Verdict("yes"), UNLINKED, Verdict("unseen", ("slow",))
    assert [both(*two).answer for two in ((yes, yes), (yes, no), (odd, no), (odd, yes))] == [
        "yes",
        "no",
        "no",
        "unseen",
    ]
    assert both(odd, no).reasons == ("website:slow", "contact:link_missing")


@each(
    ("body", "charset", "text"),
    [
        ("é".encode(), "", "é"), ("é".encode("latin-1"), "iso-8859-1", "é"), (b"<meta charset='latin1'>\xe9", "", "<meta charset='latin1'>é"),
        (b"\xef\xbb\xbf\xc3\xa9", "latin-1", "é"), ("é".encode("utf-16"), "", "é"), (b"\xe9", "nonsense", "\ufffd"),
    ],
)  # fmt: skip
def test_p3_a_page_is_read_by_the_letters_that_it_says_it_has(body: bytes, charset: str, text: str) -> None:
    assert decoded(body, charset).lstrip("\ufeff") == text


@given(st.text(st.sampled_from(list("<>/abdhiprscty ={};:'\"-!#.[")), max_size=200))
def test_p3_any_page_can_be_read_and_is_never_a_yes_by_chance(page: str) -> None:
    assert contains(page, W).answer == links(page, AT, TARGETS).answer == "no"


@given(st.integers(0, len(W) - 1), st.sampled_from("abcxyzABC019.-"))
def test_p3_one_wrong_letter_is_a_no(place: int, letter: str) -> None:
    other = W[:place] + letter + W[place + 1 :]
    assert contains(f"<p>{other}</p>", W).answer == ("yes" if other == W else "no")

"""P3: what a page is seen to say: yes for these very words where a reader reads them, no where it is certain, and else neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import page_reading
from handlers.rules.notice_pages import Verdict, carries, decoded, links, together
from tests.each import each

pytestmark = pytest.mark.long

W = "Calls are recorded for quality and training purposes"
AT, TARGETS = "https://a.example/contact", frozenset({"https://a.example/privacy"})


@each(
    "page",
    [
        f"<p>{W}.</p>", f"“{W}”", f"<p>{W}", "<p>Calls\n are <b>recorded</b> for&nbsp;quality <i>and</i> training&#32;purposes</p>",
        "<h2>Calls are recorded</h2><p>for quality and training purposes", f"<p hidden>x<p>{W}", "<p>Calls<!-- not --> are record<!-- -->ed for quality and training purposes", f"<div>{'<div>' * 5000}{W}", f"<p>{W}<sup>1</sup>",
        f"<style>.other{{display:none}}</style><p class=mine>{W}", f"<p style='color:#222'>{W}", f"<style>.a:hover,p b{{opacity:0}}</style><p>{W}",
        f"<style>body{{margin:0 auto; color:#333; background:#fff;}} :root{{--x:none}} *,*::before{{box-sizing:border-box}}</style><p>{W}".replace(" font:unset", ""),
    ],
)  # fmt: skip
def test_p3_these_words_are_read_however_they_are_set(page: str) -> None:
    assert carries(page, W) == ("yes", ())


@each(
    ("page", "why"),
    [
        ("", "wording_missing"), (f"<p>{W[:-1]}</p>", "wording_missing"), (f"<p>{W.lower()}</p>", "wording_missing"),
        (f"<p>{W.replace('quality', 'quaIity')}</p>", "wording_missing"), (f"<p>Re{W}</p>", "wording_missing"), (f"<p>{W}es</p>", "wording_missing"),
        (f"<p>{W.replace(' ', '<!-- x -->')}", "wording_missing"), (f"<!-- {W} -->", "wording_missing"), (f"<title>{W}</title>", "wording_missing"), (f"<p hidden>{W}</p>", "wording_hidden"),
        (f"<div style='display: NONE'><p>{W}</p></div>", "wording_hidden"), (f"<dialog>{W}</dialog>", "wording_hidden"),
    ],
)  # fmt: skip
def test_p3_what_is_certainly_not_there_is_a_no(page: str, why: str) -> None:
    assert carries(page, W) == ("no", (why,))


@each(
    ("page", "why"),
    [
        (f"<script>say('{W}')</script>", "wording_doubtful"), (f"<template>{W}</template>", "wording_doubtful"), (f"<noscript>{W}</noscript>", "wording_doubtful"),
        (f"<p aria-hidden=true>{W}</p>", "wording_doubtful"), (f"<p style='position:absolute; left:-9999px'>{W}</p>", "wording_doubtful"),
        (f"<p style='text-indent:-999em'>{W}</p>", "wording_doubtful"), (f"<p style='opacity:0'>{W}</p>", "wording_doubtful"),
        (f"<p style='font-size:0'>{W}</p>", "wording_doubtful"), (f"<p style='visibility:hidden'>{W}</p>", "wording_doubtful"),
        (f"<p class=sr-only>{W}</p>", "wording_doubtful"), (f"<style>p.x {{display:none}}</style><p class=x>{W}", "wording_doubtful"),
        (f"<style>@media print{{#n{{visibility:hidden}}}}</style><p id=n>{W}", "wording_doubtful"), (f"<details>{W}</details>", "wording_doubtful"),
        (f"<p hidden>{W}</p><script src=x></script>", "wording_doubtful"), (f"<link rel=stylesheet href=x><p hidden>{W}</p>", "wording_doubtful"),
        (f"<p>{W.replace('recorded', 'record&shy;ed')}</p>", "wording_doubtful"), ("<div id=app></div><script src=x></script>", "scripts"),
        (f"<nav>{'Home About ' * 50}</nav><script src=x></script>", "scripts"), ("<iframe src=/notice></iframe>", "scripts"), ("<p onclick=x()>Home", "scripts"),
        (f"<img src=x alt='{W}'>", "wording_doubtful"), (f"<input type=submit value='{W}'>", "wording_doubtful"), (f"<s>{W}</s>", "wording_doubtful"),
        (f"<del>{W}</del>", "wording_doubtful"), (f"<progress>{W}</progress>", "wording_doubtful"), (f"<p>\u202e{W}", "wording_doubtful"),
        (f"<p>{W.replace('are', 'are <b class=hidden>not</b>')}", "wording_doubtful"), (f"<font color=white>{W}</font>", "wording_doubtful"),
    ],
)  # fmt: skip
def test_p3_what_nobody_can_tell_is_neither(page: str, why: str) -> None:
    assert carries(page, W) == ("unseen", (why,))


@each(
    ("page", "verdict"),
    [
        ("<a href=/privacy>x</a>", ("yes", ())), ("<a href='privacy#calls'> <b>x</b></a>", ("yes", ())), ("<a href='HTTPS://A.EXAMPLE:443/privacy'>x</a>", ("yes", ())),
        ("<base href='/legal/'><a href='../privacy'>x</a>", ("yes", ())), ("<a href=/privacy hidden>x</a><a href=/privacy>x</a>", ("yes", ())),
        ("<a href=/Privacy>x</a>", ("unseen", ("link_near",))), ("<a href='/privacy?utm_source=x'>x</a>", ("unseen", ("link_near",))),
        ("<a href=/privacy/>x</a>", ("unseen", ("link_near",))), ("<a href=https://www.a.example/privacy>x</a>", ("unseen", ("link_near",))),
        ("<a href=/%70rivacy>x</a>", ("yes", ())), ("<map><area href=/privacy></map>", ("unseen", ("link_doubtful",))), ("<svg><a href=/privacy>x</a></svg>", ("unseen", ("link_doubtful",))),
        (f"<nav>{'Home ' * 99}</nav><script src=footer.js></script>", ("unseen", ("scripts",))), ("<a href=/terms>x</a>", ("no", ("link_missing",))), ("<p>https://a.example/privacy", ("no", ("link_missing",))),
        ("<a href=/privacy></a>", ("no", ("link_hidden",))), ("<nav style='display:none'><a href=/privacy>x</a></nav>", ("no", ("link_hidden",))),
        ("<a href=/privacy><img src=x></a>", ("no", ("link_hidden",))), ("<a href=/privacy><img src=x alt=notice></a>", ("unseen", ("link_doubtful",))),
        ("<a href='http://a.example/privacy'>x</a>", ("unseen", ("link_insecure",))), ("<a class=hidden href=/privacy>x</a>", ("unseen", ("link_doubtful",))),
        ("<a hidden href=/privacy>x</a><script></script>", ("unseen", ("link_doubtful",))), ("<script></script>", ("unseen", ("scripts",))),
        ("<a href='http://[x'>x</a>", ("no", ("link_missing",))), ("<a href='https://evil.example/privacy'>x</a>", ("no", ("link_missing",))),
    ],
)  # fmt: skip
def test_p3_a_link_is_one_that_a_reader_finds_and_that_leads_there(
    page: str, verdict: tuple[str, tuple[str, ...]]
) -> None:
    assert links(page, AT, TARGETS) == verdict


def test_p3_both_together_are_yes_only_where_both_are_and_no_where_one_certainly_is() -> None:
    yes, no, odd = Verdict("yes"), Verdict("no", ("link_missing",)), Verdict("unseen", ("slow",))
    assert [
        together(yes, yes).answer,
        together(yes, no).answer,
        together(odd, no).answer,
        together(odd, yes).answer,
    ] == ["yes", "no", "no", "unseen"]
    assert together(odd, no).reasons == ("website:slow", "contact:link_missing")


@each(
    ("body", "charset", "text"),
    [
        ("é".encode(), "", "é"), ("é".encode("latin-1"), "iso-8859-1", "é"), (b"<meta charset='latin1'>\xe9", "", "<meta charset='latin1'>é"),
        (b"\xef\xbb\xbf\xc3\xa9", "latin-1", "é"), ("é".encode("utf-16"), "", "é"), (b"\xe9", "nonsense", "\ufffd"),
    ],
)  # fmt: skip
def test_p3_a_page_is_read_by_the_letters_that_it_says_it_has(body: bytes, charset: str, text: str) -> None:
    assert decoded(body, charset).lstrip("\ufeff") == text


@given(st.text(st.sampled_from(list("<>/abdhiprscty ={};:'\"-!#.")), max_size=200))
def test_p3_whatever_a_stranger_writes_is_read_and_never_a_yes(page: str) -> None:
    assert carries(page, W).answer != "yes"
    assert links(page, AT, TARGETS).answer in ("yes", "no", "unseen")


@given(st.integers(0, len(W) - 1), st.sampled_from("abcxyzABC019.-"))
def test_p3_one_letter_that_is_another_is_never_a_yes(place: int, letter: str) -> None:
    other = W[:place] + letter + W[place + 1 :]
    assert carries(f"<p>{other}</p>", W).answer == ("yes" if other == W else "no")


@each("page", ["<div>" * 10_001, "<b a=1>" * 12 + "<b>" * 10_000, "<a " + "x " * 20_001, " " * 524_289, "".join(f"<b a={n}>" for n in range(500))])  # fmt: skip
def test_p3_a_page_that_would_take_long_is_not_parsed(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_reading, "LexborHTMLParser", None)  # whoever parsed it would fail
    assert carries(page, W) == links(page, AT, TARGETS) == ("unseen", ("too_big",))


@each("page", ["<style>" + "a" * 500_000, "<p style='opacity:" + "0" * 500_000 + "%'>", "<style>" + ".a.b{x:y}" * 50_000, "<style>" + "(" * 500_000, "<" * 500_000])  # fmt: skip
def test_p3_whatever_is_made_to_be_slow_within_that_is_read(page: str) -> None:
    assert carries(page, W).answer in ("no", "unseen")

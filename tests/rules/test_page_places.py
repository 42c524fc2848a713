"""P3: words over which something may lie, or that may be drawn in another order, are “could not be seen”, never a yes."""

from __future__ import annotations

import pytest

from handlers.rules.notice_pages import carries, links
from handlers.rules.page_places import traits_of
from tests.each import each

pytestmark = pytest.mark.soak

W = "Calls are recorded for quality and training purposes"
OVER = "position:fixed;inset:0;background:white"
UNSEEN = ("unseen", ("wording_doubtful",))


@each(
    "cover",
    [
        f"<div style='{OVER}'></div>", "<div style='position:absolute;top:0;left:0;width:100%;height:100vh;background:#fff'></div>",
        "<div style='position:fixed;inset:0'><b style='background-color:#fff;height:100%'></b></div>", "<img src=x style='position:fixed;inset:0'>",
        "<svg style='position:fixed;inset:0'></svg>", "<img src=x width=900 height=100% style='position:absolute'>",
        "<div bgcolor=white style='position:fixed;inset-inline:0;inset-block:0 auto;bottom:0'></div>",
        "<div style='position:absolute;inset:0 0 auto;height:100%;background:#fff'></div>", "<div style='position:fixed;box-shadow:0 0 0 999px #fff'></div>",
        "<div style='position:fixed;background:#fff;transform:scale(99)'></div>", "<div style='position:absolute;background:#fff;padding:50vh 50vw'></div>",
        "<div style='position:var(--x);inset:0;background:#fff'></div>", r"<div style='p\6fsition:fixed'></div>",
        f"<style>.c{{{OVER}}}</style><div class=c></div>", "<style>.c{position:fixed;inset:0} #d{background:#fff}</style><div class=c id=d></div>",
        f"<style>body::before{{content:x;{OVER}}}</style>", f"<style>.c{{{OVER};display:none}} .c.d{{display:block}}</style><div class='c d'></div>",
        f"<style>@media screen{{.c{{{OVER}}}}}</style><div class=c></div>", "<style>.c{position:fixed;inset:0;background:var(--w)}</style><div class=c></div>",
        "<style>" + "".join(f".c{n}{{float:left}}" for n in range(1001)) + "</style>",
    ],
)  # fmt: skip
def test_p3_what_may_lie_over_the_words_leaves_it_open(cover: str) -> None:
    assert carries(f"<p>{W}</p>{cover}", W) == UNSEEN
    found = links(f"<a href=/privacy>x</a>{cover}", "https://a.example/", frozenset({"https://a.example/privacy"}))
    assert found == ("unseen", ("link_doubtful",))


@each(
    "beside",
    [
        "<div style='position:fixed;bottom:0;left:0;right:0;background:#fff'></div>", "<div style='position:fixed;inset:0'></div>",
        "<div style='position:fixed;inset:auto 0 0;height:90px;background:#fff'></div>", f"<div style='{OVER};display:none'></div>", f"<div hidden style='{OVER}'></div>",
        "<div style='position:relative;width:100%;height:100vh;background:#fff'></div>", "<div style='position:absolute;width:9px;height:9px;background:#fff'></div>",
        f"<style>.c{{{OVER}}}</style>", f"<style>.c{{{OVER};display:none}}</style><div class=c></div>", "<img src=x width=900 height=600>",
        "<div style='position:absolute;border:1px solid #333;background:none;box-shadow:0 2px 4px rgba(0,0,0,.125)'></div>", "<div style='inset:'></div>",
    ],
)  # fmt: skip
def test_p3_what_lies_beside_the_words_or_shows_them_takes_nothing_from_a_yes(beside: str) -> None:
    assert carries(f"<p>{W}</p>{beside}", W) == ("yes", ())


def _apart(begins: str, ends: str = "</span>") -> str:
    return "".join(f"{begins}{word} {ends}" for word in W.split())


@each(
    "page",
    [
        _apart("<span style='float:right'>"), _apart("<span style='FLOAT:Left'>"), f"<style>i{{float:right}}</style>{_apart('<i>', '</i>')}",
        f"<p>{W.replace('recorded', '<b style=float:left>recorded</b>')}", _apart("<span style='order:-1'>"), f"<p dir=rtl>{_apart('<span dir=ltr>')}</p>",
        f"<p dir=rtl>{_apart('<bdi>', '</bdi>')}", f"<div style='display:flex;flex-direction:row-reverse'>{_apart('<span>')}</div>",
        f"<div style='display:flex;flex-wrap:wrap-reverse'>{_apart('<span>')}</div>", f"<p style='direction:rtl'>{_apart('<span>')}</p>",
        _apart("<table align=right><td>", "</table>"), f"<table><tfoot><tr><td>{W[:9]}<tbody><tr><td>{W[9:]}</table>",
        f"<table><tr><td>{W[:9]}<caption>{W[9:]}</caption></table>", "<style>q{quotes:'not ' ''}</style>" + W.replace("recorded", "<q>recorded</q>"),
        "<style>b{display:list-item;list-style:inside 'not '}</style>" + W.replace("recorded", "<b>recorded</b>"),
        f"{W.replace('are', '<b style=float:left>are</b>')}<p class=hidden>x</p>",
    ],
)  # fmt: skip
def test_p3_words_that_may_be_drawn_in_another_order_leave_it_open(page: str) -> None:
    assert carries(page, W) == UNSEEN


@each(
    "page",
    [
        f"<div style='float:right'><p>{W}</p></div>", f"<p><img src=x style='float:left'>{W}</p>", f"<html dir=ltr><p dir=auto>{W}</p>", f"<html dir=rtl><p>{W}</p>",
        f"<table><caption>{W}</caption></table>", f"<style>b.c.d{{float:left}}</style>{W.replace('are', '<b class=c>are</b>')}", f"<style>.n{{float:left}}</style><nav class=n>Home</nav><p>{W}</p>", f"<div>Calls are</div>{W[10:]}",
        f"<style>q{{quotes:none}} ul{{list-style:none;display:flex;flex-wrap:wrap}}</style><ul><li>{W}</ul>",
    ],
)  # fmt: skip
def test_p3_words_that_are_moved_together_are_read(page: str) -> None:
    assert carries(page, W) == ("yes", ())


def test_p3_each_side_of_an_inset_counts_by_itself() -> None:
    assert traits_of("inset: 0") == {"top", "right", "bottom", "left"}
    assert traits_of("inset: auto 0") == {"right", "left"}
    assert traits_of("inset: 0 auto 0") == {"top", "bottom"}
    assert traits_of("inset: auto auto auto 0 !important /* x */") == {"left"}

"""P3: what a page's own styles may hide is “could not be seen”; only what is known to be harmless hides nothing."""

from __future__ import annotations

import pytest

from handlers.rules.notice_pages import carries
from handlers.rules.page_styles import hides
from tests.each import each

pytestmark = pytest.mark.soak

W = "Calls are recorded for quality and training purposes"
PAGE = f"<main id=m><p class='abc md:x' title=y>{W}</p></main>"


@each(
    "sheet",
    [
        "*{display:none}", "[class]{display:none}", "p[title='}']{display:none}", ":not(b){display:none}", ":is(p, b):where(*){display:none}", "main{p{display:none}}", "main{& *{display:none}}",
        r".\61 bc{display:none}", r".md\:x{display:none}", r"p{\64 isplay:none}", "p{display:/**/none}", "p{/*;*/display:none", "p{scale:0}", "p{translate:-9999px}", "p{zoom:.01}",
        "p{color:#fff}", "p{background:#000}", "p{font-size:.1em}", "p{line-height:0}", "p{margin-left:-999em}", "p{display:var(--x)}", "p{animation:a 1s}", "svg|p{display:none}", "[title=y]{display:none}", "P[TITLE]{display:none}", "[a, p{display:none}",
        ":root{--d:block} .x{--d:none} p{display:var(--d)}", "p{display:var(--d, none)}", ":root{--d:var(--d)} p{display:var(--d)}",
        "@media print{main p{display:none}}", "@layer a{@supports (x:y){#M > P{display:none}}}", "<!-- p{display:none} -->", 'p{content:"}', "p,{x:y}", "} p{display:none}",
        "@font-face{src:x} p{display:none}", "@import 'x'; p{display:none}",
    ],
)  # fmt: skip
def test_p3_a_rule_that_may_hide_the_words_leaves_it_open(sheet: str) -> None:
    assert carries(f"<style>{sheet}</style>{PAGE}", W) == ("unseen", ("wording_doubtful",))


@each(
    "sheet",
    [
        ".z{display:none}", '[hidden], [lang=en], a[href*="x"]{display:none}', "body{--c:#111} main{--w:var(--v, 9px);--v:620px} p{color:var(--c);max-width:var(--w)}", "p.z, main b{display:none}", "#z i{display:none}", "a:hover{opacity:0}", "@font-face{font-family:x;src:url(y)}", "@keyframes a{from{opacity:0}}",
        "body{margin:0 auto;color:#333;background:#fff;font-family:'Open Sans',sans-serif}", ":root{--x:none}*,*::before{box-sizing:border-box}", "p{display:block!important;line-height:1.5}",
        "/* p{display:none} */", "@media(max-width:9px){.menu{display:none}}",
    ],
)  # fmt: skip
def test_p3_a_rule_for_something_else_or_a_harmless_one_takes_nothing_from_a_yes(sheet: str) -> None:
    assert carries(f"<style>{sheet}</style>{PAGE}", W) == ("yes", ())


@each(
    "more",
    ["<link rel=stylesheet href=x>", "<style>@import 'x';</style>", "<script src=x></script>", "<script>x()</script>"],
)
def test_p3_a_style_sheet_from_elsewhere_or_a_script_is_said_beside_the_yes(more: str) -> None:
    assert carries(more + PAGE, W) == ("yes", ("unread",))


def test_p3_a_value_by_name_that_an_element_may_have_otherwise_is_not_looked_up() -> None:
    sheet = "<style>:root{--d:block} p{display:var(--d)}</style>"
    assert carries(sheet + PAGE, W).answer == "yes"
    assert carries(sheet + f"<main style='--d:none'><p>{W}</p></main>", W).answer == "unseen"


def test_p3_a_style_longer_than_anybody_writes_may_do_anything() -> None:
    assert not hides("color:#333;" * 100) and hides("color:#333;" * 1000)
    assert carries("<style>" + ".a{x:y}" * 2001 + "</style>" + PAGE, W).answer == "unseen"

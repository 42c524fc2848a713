"""P8: a company's own templates are tried before any letter is written, and what is wrong is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.mail.own_templates import SHIPPED, Broken
from bot.mail.writing import Writing
from tests.bot.mail.test_writing import BARE, WHOLE, Read
from tests.each import each

SHIPPED_HTML = (SHIPPED / "letter.html").read_text("utf-8")
SHIPPED_TEXT = (SHIPPED / "letter.txt").read_text("utf-8")


def told(folder: Path) -> str:
    with pytest.raises(Broken) as broken:
        Writing("Fernhill", folder)
    sentence = str(broken.value)
    assert sentence.startswith("MAIL_TEMPLATES: ")
    assert sentence.endswith(".")
    return sentence.removeprefix("MAIL_TEMPLATES: ")


def put(folder: Path, html: str = "", text: str = "") -> Path:
    for name, words in (("letter.html", html), ("letter.txt", text)):
        if words:
            (folder / name).write_text(words, "utf-8")
    return folder


def test_p8_the_shipped_ones_can_be_copied_and_changed(tmp_path: Path) -> None:
    put(tmp_path, SHIPPED_HTML.replace("0b6b67", "7a1f5c"), "Hello!\n\n" + SHIPPED_TEXT)
    body = Writing("Fernhill", tmp_path).write(WHOLE)
    assert "7a1f5c" in body.html
    assert body.plain.startswith("Hello!\n\nDear Ms Pemberly,")


@pytest.mark.parametrize("name", ["letter.html", "letter.txt"])
def test_p8_one_alone_takes_the_place_of_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("Own. " + (SHIPPED / name).read_text("utf-8"), "utf-8")
    body, usual = Writing("Fernhill", tmp_path).write(WHOLE), Writing("Fernhill").write(WHOLE)
    assert (body.html != usual.html, body.plain != usual.plain) == (name == "letter.html", name == "letter.txt")


def test_p8_one_may_build_upon_the_shipped_one(tmp_path: Path) -> None:
    put(tmp_path, '{% include "shipped/letter.html" %}', 'Hello.\n\n{% include "shipped/letter.txt" %}')
    assert Writing("Fernhill", tmp_path).write(BARE).html == Writing("Fernhill").write(BARE).html


def test_p8_a_folder_that_is_not_there_or_holds_neither(tmp_path: Path) -> None:
    assert told(tmp_path / "x") == f"there is no folder {tmp_path / 'x'}. Make it, or leave MAIL_TEMPLATES out."
    assert told(tmp_path).startswith(
        f"there is neither letter.html nor letter.txt in {tmp_path}. Copy one from {SHIPPED} and"
    )


@pytest.mark.parametrize(("changed", "line", "why"), [
    ("{% if letter.link %}", 4, "Unexpected end of template"),
    ("{% for x in %}", 3, "Expected an expression"),
    ("{{ letter.greting }}", 3, "has no attribute 'greting'"),
    ("{{ compny }}", 3, "'compny' is undefined"),
    ("{% include 'footer.html' %}", 3, "footer.html"),
    ("{{ 1 / 0 }}", 3, "division by zero"),
    ("{{ letter|nonsense }}", 3, "No filter named 'nonsense'"),
    ("{{ ''.__class__.__mro__ }}", 3, "unsafe"),
    ("{{ letter.paragraphs.append }}", 3, "has no attribute"),
])  # fmt: skip
@pytest.mark.parametrize("name", ["letter.html", "letter.txt"])
def test_p8_what_is_wrong_is_told_with_its_line(tmp_path: Path, name: str, changed: str, line: int, why: str) -> None:
    (tmp_path / name).write_text(f"One\nTwo\n{changed}\nFour\n", "utf-8")
    sentence = told(tmp_path)
    assert sentence.startswith(f"{tmp_path / name}, line {line}: ")
    assert why in sentence


def test_p8_the_line_is_that_of_the_file_that_was_included(tmp_path: Path) -> None:
    put(tmp_path, "One\n{% include 'footer.html' %}\n")
    (tmp_path / "footer.html").write_text("A\nB\nC\n{{ nobody }}\n", "utf-8")
    assert told(tmp_path).startswith(f"{tmp_path / 'footer.html'}, line 4: ")
    (tmp_path / "footer.html").write_text("A\n{% oops %}\n", "utf-8")
    assert told(tmp_path).startswith(f"{tmp_path / 'footer.html'}, line 2: ")


def test_p8_one_that_is_only_there_is_looked_at_as_well(tmp_path: Path) -> None:
    put(tmp_path, SHIPPED_HTML)
    (tmp_path / "old.html").write_bytes("Grüße".encode("latin-1"))
    assert told(tmp_path) == f"{tmp_path / 'old.html'} can't be read as text in UTF-8."


def test_p8_a_file_in_other_letters_is_told(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes("Grüße".encode("latin-1"))
    assert told(tmp_path) == f"{tmp_path / 'letter.txt'} can't be read as text in UTF-8."


@each("how", ["{{ letter.greeting|safe }}", "{% autoescape false %}{{ letter.greeting }}{% endautoescape %}"])
def test_p8_one_that_lets_markup_through_is_refused(tmp_path: Path, how: str) -> None:
    put(tmp_path, SHIPPED_HTML.replace("{{ letter.greeting }}", how))
    assert "lets markup through" in told(tmp_path)


@each(("taken", "what"), [
    ("{{ letter.greeting }}", "the greeting"), ("{{ letter.link_label }}", "the link's label"), ("{{ letter.link }}", "the link's address"),
    ("{{ sentence }}", "a sentence of the end"), ("{{ name }}", "a fact"), ("{{ value }}", "a fact"), ("{{ line }}", "a paragraph"),
])  # fmt: skip
def test_p8_one_that_leaves_something_out_is_refused(tmp_path: Path, taken: str, what: str) -> None:
    put(tmp_path, SHIPPED_HTML.replace(taken, ""))
    assert f"letter.html leaves out {what}. " in told(tmp_path)
    text = SHIPPED_TEXT.replace("{{ paragraph }}" if "line" in taken else taken, "")
    put(tmp_path, SHIPPED_HTML, text)
    assert f"letter.txt leaves out {what}. " in told(tmp_path)


@pytest.mark.parametrize("line", [
    "<img src=https://x.example/logo.png>", '<img alt="x"\tsrc = "//x.example/logo.png">', "<IMG SRC='http://x.example/a'>", "<link rel=stylesheet href=x>",
    "<script>x</script>", "<style>@import 'x';</style>", "<style>p { background: url(https://x.example/a.png) }</style>", "<td background='https://x.example'>",
    "<iframe>", "<form action=/x>", "<base href=//x.example>", '<img srcset="https://x.example/a 2x">',
])  # fmt: skip
def test_p8_one_that_tells_somebody_when_it_is_opened_is_refused(tmp_path: Path, line: str) -> None:
    put(tmp_path, SHIPPED_HTML.replace("<body>", f"<body>\n{line}"))
    where = SHIPPED_HTML.splitlines().index("<body>") + 2
    sentence = told(tmp_path)
    assert sentence.startswith(f"{tmp_path / 'letter.html'}, line {where}: ")
    assert "elsewhere" in sentence


@pytest.mark.parametrize(
    "line",
    [
        '<img src="data:image/png;base64,iVBORw0KGgo=" alt="Fernhill">',
        "<p class=source>x</p>",
        "<a href=https://fernhill.example>Fernhill</a>",
    ],
)
def test_p8_what_the_letter_brings_itself_and_a_link_are_fine(tmp_path: Path, line: str) -> None:
    put(tmp_path, SHIPPED_HTML.replace("<body>", f"<body>\n{line}"))
    assert len(Read(Writing("Fernhill", tmp_path).write(BARE).html).elements) > 5

"""Tries a company's own templates before any customer's letter is written with them: what is wrong, in which line (P8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError

from handlers.letters import Written

SHIPPED = Path(__file__).parent / "templates"
MARKUP = '<b id="mark">'
SAMPLES = (
    Written(
        f"Subject{MARKUP}", f"Greeting{MARKUP}", (f"First{MARKUP}\nSecond{MARKUP}", f"Third{MARKUP}"), "https://mark.example/a?b=1&c#d",
        f"Label{MARKUP}", ((f"Name{MARKUP}", f"Value{MARKUP}"),), (f"Small{MARKUP}", f"Smaller{MARKUP}"),
    ),
    Written("Subject", "Greeting", ("First",)),
)  # fmt: skip
"""A letter with everything in it, and one with no more than must be."""
_FETCHES = re.compile(
    r"""<\s*(?:script|link|iframe|object|embed|form|base)\b|@import|\burl\(\s*['"]?(?!data:)"""
    r"""|\b(?:src|srcset|background|poster|action)\s*=\s*['"]?(?!['"]?(?:data|cid):)""",
    re.IGNORECASE,
)


class Broken(ValueError):
    """A template that can't be used; a sentence says which, in which line, and how to mend it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"MAIL_TEMPLATES: {sentence}")


def tried(folder: Path, names: tuple[str, str], draw: Callable[[str, Written], str]) -> None:
    """Raises `Broken` for what is wrong with the templates in a folder; `draw` writes a letter with the one of a name."""
    html, _ = names
    _there(folder, names)
    for name in names:
        for sample in SAMPLES:
            drawn = _drawn(folder, name, sample, draw)
            if name == html and MARKUP in drawn:
                raise Broken(
                    f"{folder / name} lets markup through. Leave out safe and autoescape: what people write is in there."
                )
            said = unescape(drawn) if name == html else drawn
            for what in _left_out(sample, said):
                raise Broken(f"{folder / name} leaves out {what}. A letter says the same in both forms, and all of it.")
    for file in sorted(folder.rglob("*.html")):
        _fetches_nothing(file)


def _there(folder: Path, names: tuple[str, str]) -> None:
    if not folder.is_dir():
        raise Broken(f"there is no folder {folder}. Make it, or leave MAIL_TEMPLATES out.")
    if not any((folder / name).is_file() for name in names):
        raise Broken(f"there is neither {' nor '.join(names)} in {folder}. Copy one from {SHIPPED} and change it.")


def _drawn(folder: Path, name: str, sample: Written, draw: Callable[[str, Written], str]) -> str:
    try:
        return draw(name, sample)
    except TemplateSyntaxError as error:
        raise Broken(f"{error.filename or folder / name}, line {error.lineno}: {_sentence(error)}") from None
    except UnicodeError:
        raise Broken(f"{folder / name} can't be read as text in UTF-8.") from None
    except Exception as error:  # noqa: BLE001  a template can fail in any way
        raise Broken(f"{_place(folder, name, error)}: {_sentence(error)}") from None


def _place(folder: Path, name: str, error: Exception) -> str:
    """The last line of the folder's templates that the error went through."""
    found, trace = str(folder / name), error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(folder):
            found = f"{file}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _sentence(error: Exception) -> str:
    told = error.message if isinstance(error, TemplateError) else None
    return f"{(told or str(error) or type(error).__name__).rstrip('.')}."


def _left_out(sample: Written, said: str) -> Iterator[str]:
    lines = [("a paragraph", line) for paragraph in sample.paragraphs for line in paragraph.splitlines()]
    facts = [("a fact", word) for fact in sample.facts for word in fact]
    small = [("a sentence of the end", sentence) for sentence in sample.small]
    one = [
        ("the greeting", sample.greeting),
        ("the link's address", sample.link),
        ("the link's label", sample.link_label),
    ]
    yield from (what for what, words in (*one, *lines, *facts, *small) if words not in said)


def _fetches_nothing(file: Path) -> None:
    """Whoever opens a letter tells nobody by it: no picture, sheet or script comes from elsewhere."""
    for number, line in enumerate(_text(file).splitlines(), 1):
        if found := _FETCHES.search(line):
            what = " ".join(found.group().split())
            raise Broken(
                f"{file}, line {number}: {what} fetches something from elsewhere, or sends something there. Leave it out."
            )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        raise Broken(f"{file} can't be read as text in UTF-8.") from None

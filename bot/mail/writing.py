"""Writes a letter out as plain text and as HTML, from templates that a company may put its own in the place of (P8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.chats.wording import literal
from bot.mail.own_templates import SHIPPED, tried
from handlers.letters import Written

HTML, PLAIN = "letter.html", "letter.txt"
_GAP = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Body:
    """A letter written out; the subject is one line."""

    subject: str = field(repr=False)
    plain: str = field(repr=False)
    html: str = field(repr=False)


class Writing:
    """`company` is its name, as customers know it; `folder` may hold a `letter.html` and a `letter.txt` of the company's own.

    Raises `Broken`, a ValueError, for a template that can't be used: its file, its line, and what to do.
    """

    def __init__(self, company: str, folder: Path | None = None) -> None:
        self.company = _line(company)
        own, shipped = ([folder] if folder is not None else []), FileSystemLoader(SHIPPED)
        self._templates = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader([*own, SHIPPED]), PrefixLoader({"shipped": shipped})]),
            autoescape=select_autoescape(["html"], default=False), undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        if folder is not None:
            tried(folder, (HTML, PLAIN), self._drawn)

    def write(self, written: Written) -> Body:
        """The letter in both forms, which say the same."""
        return Body(_line(written.subject), self._drawn(PLAIN, written), self._drawn(HTML, written))

    def _drawn(self, name: str, written: Written) -> str:
        drawn = self._templates.get_template(name).render(letter=_cleaned(written), company=self.company)
        return _inlined(drawn) if name == HTML else _GAP.sub("\n\n", drawn).strip() + "\n"


def _inlined(html: str) -> str:
    """Its styles where mail programs look for them; what does so is read with the first letter."""
    from css_inline import CSSInliner

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(html)


def _cleaned(written: Written) -> Written:
    """Without what can't be seen or sent. Only a paragraph has several lines, so nobody adds a fact or an end of their own."""
    return replace(
        written,
        subject=_line(written.subject),
        greeting=_line(written.greeting),
        paragraphs=tuple(map(literal, written.paragraphs)),
        link_label=_line(written.link_label),
        small=tuple(map(_line, written.small)),
        facts=tuple((_line(name), _line(value)) for name, value in written.facts),
    )


def _line(words: str) -> str:
    return " ".join(literal(words).split())

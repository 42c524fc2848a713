"""Writes a letter out as plain text and as HTML, from the templates beside it (P8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bot.chats.wording import literal
from handlers.letters import Written

HTML, PLAIN = "letter.html", "letter.txt"
TEMPLATES = Path(__file__).parent / "templates"
_GAP = re.compile(r"\n{3,}")
_ADDRESS = re.compile(
    r"https?://[^\s<>]*[\w/=#-]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b(?:/[^\s<>]*[\w/])?"
)
"""What a reader would press: a web or mail address, also one without its beginning."""


@dataclass(frozen=True, slots=True)
class Body:
    """A letter written out; the subject is one line."""

    subject: str = field(repr=False)
    plain: str = field(repr=False)
    html: str = field(repr=False)


class Writing:
    """`company` is its name, as customers know it."""

    def __init__(self, company: str) -> None:
        self.company = _line(company)
        self._templates = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"], default=False),
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._templates.filters["linked"] = _linked

    def write(self, written: Written) -> Body:
        """The letter in both forms, which say the same."""
        return Body(_line(written.subject), self._drawn(PLAIN, written), self._drawn(HTML, written))

    def _drawn(self, name: str, written: Written) -> str:
        drawn = self._templates.get_template(name).render(letter=_cleaned(written), company=self.company)
        return _inlined(drawn) if name == HTML else _GAP.sub("\n\n", drawn).strip() + "\n"


def _linked(words: str) -> Markup:
    """Words of the company's own, in which each address is a link."""

    def link(found: re.Match[str]) -> str:
        address = found[0]
        to = f"mailto:{address}" if "@" in address else address if "://" in address else f"https://{address}"
        return f'<a href="{to}">{address}</a>'

    return Markup(_ADDRESS.sub(link, str(escape(words))))  # noqa: S704  escaped, and an address has no sign of HTML


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

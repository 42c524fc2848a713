"""Letters to customers, written as plain text and HTML; what sends them is imported only where mail is on (P8)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from bot.chats.wording import clean_text
from bot.ports import Mailer
from bot.settings.config import MailSettings
from handlers.cards import Written

if TYPE_CHECKING:
    from jinja2 import Environment

HTML, PLAIN = "letter.html", "letter.txt"
TEMPLATES = Path(__file__).parent / "templates"
_GAP = re.compile(r"\n{3,}")
_TO_PRESS = re.compile(
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
    """Writes letters as text and HTML; `company` is the name that customers know."""

    def __init__(self, company: str) -> None:
        self.company = _one_line(company)

    def write(self, written: Written) -> Body:
        """Return the letter in both forms, which say the same."""
        return Body(
            _one_line(written.subject), self._render_template(PLAIN, written), self._render_template(HTML, written)
        )

    def _render_template(self, name: str, written: Written) -> str:
        """Return the letter as this template draws it, ready to be sent."""
        drawn = _templates().get_template(name).render(letter=_clean_letter(written), company=self.company)
        return _inline_styles(drawn) if name == HTML else _GAP.sub("\n\n", drawn).strip() + "\n"


@cache
def _templates() -> "Environment":
    """Return the templates of letters; Jinja is imported only when the first letter is written."""
    from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["linked"] = _link_addresses
    return environment


def _link_addresses(words: str) -> Markup:
    """Return the company's own words with each web or mail address as a link."""

    def link(found: re.Match[str]) -> str:
        address = found[0]
        to = f"mailto:{address}" if "@" in address else address if "://" in address else f"https://{address}"
        return f'<a href="{to}">{address}</a>'

    return Markup(_TO_PRESS.sub(link, str(escape(words))))  # noqa: S704  escaped, and an address has no sign of HTML


def _inline_styles(html: str) -> str:
    """Write the styles into the elements, as mail programs need; the library is imported for the first letter."""
    from css_inline import CSSInliner

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(html)


def _clean_letter(written: Written) -> Written:
    """Remove characters that can't be seen or sent.

    Only a paragraph may have several lines, so that no one can add facts or an ending.
    """
    return replace(
        written,
        subject=_one_line(written.subject),
        greeting=_one_line(written.greeting),
        paragraphs=tuple(map(clean_text, written.paragraphs)),
        link_label=_one_line(written.link_label),
        small=tuple(map(_one_line, written.small)),
        facts=tuple((_one_line(name), _one_line(value)) for name, value in written.facts),
    )


def _one_line(words: str) -> str:
    return " ".join(clean_text(words).split())


def open_mailer(mail: MailSettings | None, now: Callable[[], datetime]) -> Mailer | None:
    """Open the mailer, or return None while mail is off; letters are dated by `now` (aware)."""
    if mail is None:
        return None
    from bot.mail.smtp import SmtpMailer

    return SmtpMailer(mail.server, mail.sender, now)

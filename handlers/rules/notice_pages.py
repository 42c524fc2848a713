"""Whether a page's text contains the notice, and whether the other page links to it (P3). Its owner confirms by eye what a reader sees."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Literal, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

Answer = Literal["yes", "no", "unseen"]
NOT_TEXT = frozenset({"script", "style", "template", "title"})


class Verdict(NamedTuple):
    """What was seen, and in closed words why it is not a plain yes."""

    answer: Answer
    reasons: tuple[str, ...] = ()


class _Page(HTMLParser):
    """A page's text and the addresses of its links, resolved against the address of the page."""

    def __init__(self, page: str, address: str = "") -> None:
        super().__init__()
        self.text, self.links = "", list[str]()
        self._address, self._within = address, ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link or the page's base leads, and where something begins that is no text."""
        self._within = self._within or (tag if tag in NOT_TEXT else "")
        href = next((value for name, value in attrs if name == "href" and value), "")
        if tag == "base" and href:
            self._address = _joined(self._address, href)
        elif tag == "a" and href:
            self.links.append(_joined(self._address, href))

    def handle_endtag(self, tag: str) -> None:
        """What is no text ends."""
        self._within = "" if tag == self._within else self._within

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.text += "" if self._within else data


def contains(page: str, wording: str) -> Verdict:
    """Whether the page's text contains these very words, however they are spaced."""
    wanted = _letters(wording)
    found = bool(wanted) and wanted in _letters(_Page(page).text)
    return Verdict("yes") if found else Verdict("no", ("wording_missing",))


def links(page: str, address: str, targets: frozenset[str]) -> Verdict:
    """Whether the page at this address links to one of these; `www.`, a query, capitals and a last slash make no difference."""
    found = {_place(one) for one in _Page(page, address).links} & {_place(one) for one in targets} - {""}
    return Verdict("yes") if found else Verdict("no", ("link_missing",))


def both(website: Verdict, contact: Verdict) -> Verdict:
    """Both pages: no if one of them is not as it should be, yes only if both are."""
    answers = {website.answer, contact.answer}
    answer: Answer = "no" if "no" in answers else "unseen" if "unseen" in answers else "yes"
    reasons = [f"{page}:{one}" for page, found in (("website", website), ("contact", contact)) for one in found.reasons]
    return Verdict(answer, tuple(reasons))


def decoded(body: bytes, charset: str = "") -> str:
    """The text of a page: by what the server says of it, else by its mark or its own word, else UTF-8."""
    declared = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", body[:2048], re.IGNORECASE)
    marked = (
        "utf-8-sig" if body.startswith(b"\xef\xbb\xbf") else "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    )
    for name in (marked, charset, declared[1].decode() if declared else ""):
        try:
            return body.decode(name or "utf-8", "replace") if name else body.decode("utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("utf-8", "replace")


def _letters(text: str) -> str:
    """Without white space and signs that nobody sees, such as soft hyphens; a letter made of two signs is one letter."""
    plain = unicodedata.normalize("NFC", text)
    return "".join(one for one in plain if not one.isspace() and unicodedata.category(one) != "Cf")


def _joined(address: str, href: str) -> str:
    try:
        return urljoin(address, href.strip())
    except ValueError:
        return ""


def _place(address: str) -> str:
    """Host and path of a web address, as they are the same for a reader; empty if it can't be read or is no web address."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""
    return host + unquote(parts.path).casefold().rstrip("/") if parts.scheme in ("http", "https") else ""

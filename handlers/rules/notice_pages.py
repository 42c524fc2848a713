"""Whether a page carries the notice, and whether the other page links to it: yes, no, or could not be seen; never a guess (P3).

Yes: the very words stand in the page's text, and nothing in the page itself hides them; style sheets and scripts from elsewhere were not read,
which is said. No: only of a page that nothing adds to, and that does not have them. All else is neither.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from .page_reading import BREAK, Read, Sight, TooMuch, read

Answer = Literal["yes", "no", "unseen"]
UNREAD = "unread"
"""A remark that takes nothing from a yes: the page also has scripts, or style sheets from elsewhere."""
_TURNED = re.compile("[\u202d\u202e]")
"""Signs that have letters read in another order."""


class Verdict(NamedTuple):
    """What was seen, and in closed words why it is not a plain yes."""

    answer: Answer
    reasons: tuple[str, ...] = ()


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


def carries(page: str, wording: str) -> Verdict:
    """Whether a reader of the page reads these very words; only white space and entities may be written otherwise."""
    try:
        found, wanted = read(page), _plain(wording)
    except TooMuch:
        return Verdict("unseen", ("too_big",))
    shown = _as_seen(found)
    if _has(shown, wanted):
        return Verdict("unseen", ("wording_doubtful",)) if found.covered else _yes(found)
    if _has(_visible(shown), _visible(wanted)) or any(_has(_text(found, *some), wanted) for some in _OTHERWISE):
        return Verdict("unseen", ("wording_doubtful",))
    if _has(_text(found, "shown", "doubtful", "hidden"), wanted):
        return Verdict("unseen", ("wording_doubtful",)) if found.alive else Verdict("no", ("wording_hidden",))
    if any(wanted in _plain(one) for one in found.unspoken):
        return Verdict("unseen", ("wording_doubtful",))
    return Verdict("unseen", ("scripts",)) if found.more else Verdict("no", ("wording_missing",))


_OTHERWISE: tuple[tuple[Sight, ...], ...] = (("shown", "doubtful"), ("shown",))


def links(page: str, at: str, targets: frozenset[str]) -> Verdict:
    """Whether a reader of the page at that address finds a link that leads to one of these addresses."""
    try:
        found = read(page)
    except TooMuch:
        return Verdict("unseen", ("too_big",))
    base = urljoin(at, found.base) if found.base else at
    each = [(_joined(base, href), sight) for href, sight in found.links]
    wanted, near = {_place(one) for one in targets}, {_near(one) for one in targets}
    sights = [sight for address, sight in each if _place(address) in wanted]
    if "shown" in sights and not found.covered:
        return _yes(found)
    if found.covered and sights:
        return Verdict("unseen", ("link_doubtful",))
    if "doubtful" in sights or ("hidden" in sights and found.alive):
        return Verdict("unseen", ("link_doubtful",))
    if any(_place(address, "https") in wanted and _place(address) not in wanted for address, _ in each):
        return Verdict("unseen", ("link_insecure",))
    if any(_near(address) in near and _place(address) not in wanted for address, _ in each):
        return Verdict("unseen", ("link_near",))
    if found.more:
        return Verdict("unseen", ("scripts",))
    return Verdict("no", ("link_hidden",)) if "hidden" in sights else Verdict("no", ("link_missing",))


def together(website: Verdict, contact: Verdict) -> Verdict:
    """Both pages: no where one of them is certainly not as it should be, yes only where both are."""
    answers = {website.answer, contact.answer}
    answer: Answer = "no" if "no" in answers else "unseen" if "unseen" in answers else "yes"
    reasons = [f"{page}:{one}" for page, found in (("website", website), ("contact", contact)) for one in found.reasons]
    return Verdict(answer, tuple(reasons))


def _yes(found: Read) -> Verdict:
    return Verdict("yes", (UNREAD,) if found.unread else ())


def _as_seen(found: Read) -> str:
    """What a reader reads; where something stands that he or she may read or not, nothing goes across it."""
    certain: tuple[Sight, ...] = ("shown",) if found.alive else ("shown", "hidden")
    parts = [
        text if sight == "shown" else BREAK if text.strip() and not (sight == "hidden" and sight in certain) else ""
        for text, sight in found.texts
    ]
    together = "".join(parts)
    return "" if _TURNED.search(together) else _plain(together)


def _text(found: Read, *sights: Sight) -> str:
    return _plain("".join(text for text, sight in found.texts if sight in sights).replace(BREAK, ""))


def _plain(text: str) -> str:
    """White space is one blank, and a letter that is put together of two is the same letter."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _visible(text: str) -> str:
    """Without signs that nobody sees, such as soft hyphens."""
    return "".join(one for one in text if unicodedata.category(one) != "Cf")


def _has(text: str, wanted: str) -> bool:
    """Whether the words stand there by themselves, and not as a part of longer ones."""
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) is not None


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def _place(address: str, scheme: str = "") -> tuple[str, str, str, str]:
    """An address without its fragment, written in one way (RFC 3986, 6.2.2); four times nothing where it can't be read."""
    try:
        parts: SplitResult = urlsplit(address)
        port = parts.port
    except ValueError:
        return ("", "", "", "")
    host = (parts.hostname or "").rstrip(".") + (f":{port}" if port not in (None, 443) else "")
    return (scheme or parts.scheme.lower(), host, _unreserved(parts.path) or "/", _unreserved(parts.query))


def _unreserved(text: str) -> str:
    """With signs written out that need not be written as numbers."""

    def plain(code: re.Match[str]) -> str:
        sign = chr(int(code[1], 16))
        return sign if sign.isascii() and quote(sign, safe="") == sign else code[0].upper()

    return re.sub(r"%([0-9a-fA-F]{2})", plain, text)


def _near(address: str) -> tuple[str, str]:
    """What two addresses have in common that most often lead to the same page: no `www.`, no query, no last slash, no capitals."""
    _, host, path, _ = _place(address, "https")
    if not host:
        return ("", address or "none")
    return (host.removeprefix("www."), unquote(path).casefold().rstrip("/"))

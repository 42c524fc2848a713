"""Whether a page carries the notice, and whether the other page links to it: yes, no, or could not be seen; never a guess (P3).

What is hidden for certain (`hidden`, `display:none`) is not there for a reader; but where a page has scripts or styles, they may show it, and
where a style may hide it, nobody can tell without drawing the page: that is neither yes nor no.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

Sight = Literal["shown", "doubtful", "hidden"]
Answer = Literal["yes", "no", "unseen"]
UNSPOKEN = frozenset({"script", "style", "x-template", "head", "title", "x-noscript", "iframe", "object", "svg", "math", "textarea", "select", "canvas", "audio", "video", "noframes", "datalist"})  # fmt: skip
"""What stands in these is no text of the page."""
LINES = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "td", "th", "tr", "ul",
})  # fmt: skip
"""Between these and what stands beside them is white space."""
HIDING_CLASSES = frozenset({
    "hidden", "hide", "d-none", "invisible", "is-hidden", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only",
    "show-for-sr", "offscreen", "off-screen", "u-hidden",
})  # fmt: skip
_GONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_DOUBTFUL = re.compile(
    r"visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0*\.?0*\d?(?![\d%])|font-size\s*:\s*0*\.?\d?(px|em|rem|pt|%)?\s*(;|$|!)|text-indent\s*:\s*-"
    r"|(left|top|right|bottom|margin[a-z-]*)\s*:\s*-?\s*-\d|position\s*:\s*(absolute|fixed)|clip(-path)?\s*:|transform\s*:|(max-)?(height|width)\s*:\s*[01](px)?\s*(;|$|!)"
    r"|(?<![a-z-])color\s*:\s*(transparent|#f|white|rgba)|content-visibility|filter\s*:|mask|z-index\s*:\s*-|line-height\s*:\s*0|background-clip",
    re.IGNORECASE,
)
_UNSURE = re.compile(r"<(/?)(template|noscript)\b", re.IGNORECASE)
"""What stands in these a browser may show or not: named otherwise, so that the parser takes neither side."""
_NAMED = re.compile(r"([.#]?)([\w-]+)")
Doubted = dict[str, list[frozenset[str]]]
LONGEST_STYLE = 2000
LEAST_TEXT = 80
"""Signs that a page has without its scripts, at least, if it is to be believed that it says nothing more."""


class Verdict(NamedTuple):
    """What was seen, and in closed words why it is not a plain yes."""

    answer: Answer
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class _Read:
    """A page as far as it can be read without being drawn: texts by how well they are seen, links likewise.

    `alive`: scripts or styles may show what is hidden.
    """

    texts: dict[Sight, list[str]] = field(default_factory=lambda: {"shown": [], "doubtful": [], "hidden": []})
    links: list[tuple[str, Sight]] = field(default_factory=list)
    base: str = ""
    scripts: bool = False
    alive: bool = False
    unspoken: list[str] = field(default_factory=list)


def decoded(body: bytes, charset: str = "") -> str:
    """The text of a page: by what the server says of it, else by its mark or its own word, else UTF-8."""
    declared = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", body[:2048], re.IGNORECASE)
    marked = (
        "utf-8-sig" if body.startswith(b"\xef\xbb\xbf") else "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    )
    for name in (marked, charset, declared[1].decode() if declared else "", "utf-8"):
        try:
            return body.decode(name or "utf-8", "replace") if name else body.decode("utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("utf-8", "replace")


def carries(page: str, wording: str) -> Verdict:
    """Whether a reader of the page reads these very words; only white space and entities may be written otherwise."""
    read, wanted = _read(page), _plain(wording)
    shown = _plain("".join(read.texts["shown"]))
    if _has(shown, wanted):
        return Verdict("yes")
    if _has(_plain("".join(read.texts["doubtful"])), wanted) or _has(_visible(shown), _visible(wanted)):
        return Verdict("unseen", ("wording_doubtful",))
    if _has(_plain("".join(read.texts["hidden"])), wanted):
        return Verdict("unseen", ("wording_doubtful",)) if read.alive else Verdict("no", ("wording_hidden",))
    if any(wanted in _plain(one) for one in read.unspoken):
        return Verdict("unseen", ("wording_doubtful",))
    if read.scripts and len(shown) < LEAST_TEXT:
        return Verdict("unseen", ("scripts",))
    return Verdict("no", ("wording_missing",))


def links(page: str, at: str, targets: frozenset[str]) -> Verdict:
    """Whether a reader of the page at that address finds a link that leads to one of these addresses."""
    read, wanted = _read(page), {_place(one) for one in targets}
    base = urljoin(at, read.base) if read.base else at
    sights = [sight for href, sight in read.links if _place(_joined(base, href)) in wanted]
    if "shown" in sights:
        return Verdict("yes")
    if "doubtful" in sights or ("hidden" in sights and read.alive):
        return Verdict("unseen", ("link_doubtful",))
    if "hidden" in sights:
        return Verdict("no", ("link_hidden",))
    if any(_place(_joined(base, href), "https") in wanted for href, _ in read.links):
        return Verdict("unseen", ("link_insecure",))
    if read.scripts and len(_plain("".join(read.texts["shown"]))) < LEAST_TEXT:
        return Verdict("unseen", ("scripts",))
    return Verdict("no", ("link_missing",))


def together(website: Verdict, contact: Verdict) -> Verdict:
    """Both pages: no where one of them is certainly not as it should be, yes only where both are."""
    answers = {website.answer, contact.answer}
    answer: Answer = "no" if "no" in answers else "unseen" if "unseen" in answers else "yes"
    reasons = [f"{page}:{one}" for page, found in (("website", website), ("contact", contact)) for one in found.reasons]
    return Verdict(answer, tuple(reasons))


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
    """An address without its fragment, written in one way; four times nothing where it can't be read."""
    try:
        parts: SplitResult = urlsplit(address)
        port = parts.port
    except ValueError:
        return ("", "", "", "")
    host = (parts.hostname or "").rstrip(".") + (f":{port}" if port not in (None, 443) else "")
    return (scheme or parts.scheme.lower(), host, parts.path or "/", parts.query)


def _read(page: str) -> _Read:
    """Walks the page once, without recursion: what a stranger wrote may be as deep as it likes."""
    tree, read = LexborHTMLParser(_UNSURE.sub(r"<\1x-\2", page)), _Read()
    root = tree.root
    if root is None:
        return read
    doubted = _doubted(tree)
    read.base = next((base for one in tree.css("base[href]") if (base := one.attributes.get("href"))), "")
    read.scripts = bool(tree.css("script"))
    read.alive = read.scripts or bool(tree.css("style, link[rel~=stylesheet]"))
    read.unspoken = [one.text() for one in tree.css("script, style, x-template, x-noscript, textarea")]
    _walk(root, doubted, read)
    return read


def _walk(root: LexborNode, doubted: Doubted, read: _Read) -> None:
    waiting: list[tuple[LexborNode, Sight, int]] = [(root, "shown", -1)]
    while waiting:
        node, sight, link = waiting.pop()
        if node.is_text_node:
            text = node.text_content or ""
            read.texts[sight].append(text)
            if link >= 0 and text.strip():
                read.links[link] = (read.links[link][0], _better(read.links[link][1], sight))
            continue
        tag = (node.tag or "").lower()
        if node.is_comment_node or tag in UNSPOKEN:
            _spaced(read)
            continue
        sight, link = _entered(node, tag, sight, link, doubted, read)
        children = list(_children(node))
        waiting.extend((one, sight, link) for one in reversed(children))
        if tag in LINES:
            _spaced(read)


def _entered(node: LexborNode, tag: str, sight: Sight, link: int, doubted: Doubted, read: _Read) -> tuple[Sight, int]:
    sight = _worse(sight, _sight(node, tag, doubted))
    href = node.attributes.get("href") if tag == "a" else None
    if href:
        read.links.append((href, "hidden"))  # until something in it is seen
        link = len(read.links) - 1
    picture = tag == "img" and bool((node.attributes.get("alt") or "").strip())
    if picture and link >= 0:
        read.links[link] = (read.links[link][0], _better(read.links[link][1], _worse(sight, "doubtful")))
    return sight, link


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _spaced(read: _Read) -> None:
    for texts in read.texts.values():
        texts.append(" ")


def _sight(node: LexborNode, tag: str, doubted: Doubted) -> Sight:
    told = node.attributes
    style, classes = told.get("style") or "", frozenset((told.get("class") or "").lower().split())
    if _GONE.search(style) or (tag == "dialog" and "open" not in told):
        return "hidden"
    if "hidden" in told:
        return "hidden"
    names = frozenset({tag, *(f".{one}" for one in classes), f"#{(told.get('id') or '').lower()}"})
    odd = classes & HIDING_CLASSES or any(one <= names for name in names for one in doubted.get(name, ()))
    closed = tag == "details" and "open" not in told
    aria = (told.get("aria-hidden") or "").lower() == "true" or "inert" in told or "popover" in told
    return "doubtful" if odd or closed or aria or (style and _hides(style)) else "shown"


def _doubted(tree: LexborHTMLParser) -> Doubted:
    """What the page's own styles may hide: of each such rule the names of what it is for, found by one of them."""
    found: Doubted = {}
    for sheet in tree.css("style"):
        for rule in sheet.text().split("}"):
            selectors, _, declared = rule.rpartition("{")
            if _hides(declared):
                for names in map(_names, selectors.rpartition("{")[2].split(",")):
                    for name in sorted(names)[:1]:
                        found.setdefault(name, []).append(names)
    return found


def _hides(declared: str) -> bool:
    """Whether a style may hide what it is for; one that is longer than anybody writes may do anything."""
    return len(declared) > LONGEST_STYLE or bool(_GONE.search(declared) or _DOUBTFUL.search(declared))


def _names(selector: str) -> frozenset[str]:
    """The names in the last part of a selector, without what stands in brackets or behind a colon."""
    plain = re.sub(r"\[[^\]]*\]|::?[\w-]+(\([^)]*\))?", "", selector[-LONGEST_STYLE:]).strip()
    last = re.split(r"[\s>+~]+", plain)[-1]
    return frozenset(f"{kind}{name}".lower() for kind, name in _NAMED.findall(last))


def _better(one: Sight, other: Sight) -> Sight:
    return min(one, other, key=("shown", "doubtful", "hidden").index)


def _worse(one: Sight, other: Sight) -> Sight:
    return max(one, other, key=("shown", "doubtful", "hidden").index)

"""A page as far as it can be read without being drawn: its texts and links, and how well a reader sees each (P3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

from .page_styles import Doubted, doubted, elsewhere, hides, is_gone, names_of

Sight = Literal["shown", "doubtful", "hidden"]
SIGHTS: tuple[Sight, ...] = ("shown", "doubtful", "hidden")
MOST_SIGNS, MOST_TAGS, MOST_IN_A_TAG, MOST_COPIES = 512 * 1024, 10_000, 20_000, 500_000
"""Beyond any of these a page is not parsed: that takes a time that grows with the square of its tags, and of what stands in one of them.

`MOST_COPIES`: a parser repeats each tag of a letter's shape (`<b>`, `<i>` …) in each paragraph after it, at most three times if it is the same.
"""
UNSPOKEN = frozenset({
    "script", "style", "x-template", "head", "title", "x-noscript", "iframe", "object", "svg", "math", "textarea", "select", "canvas", "audio", "video",
    "noframes", "datalist", "progress", "meter",
})  # fmt: skip
"""What stands in these is no text of the page for certain."""
LINES = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "td", "th", "tr", "ul",
})  # fmt: skip
"""Between these and what stands beside them is white space."""
ODD = frozenset({"s", "strike", "del", "sup", "sub", "rt", "rp", "font", "marquee", "area", "bdo"})
"""Struck through, a footnote's number, or of a colour or a size of its own."""
HIDING_CLASSES = frozenset({
    "hidden", "hide", "d-none", "invisible", "is-hidden", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only",
    "show-for-sr", "offscreen", "off-screen", "u-hidden",
})  # fmt: skip
MORE = "script, iframe, frame, object, embed, portal, fencedframe, applet, meta[http-equiv=refresh i]"
"""What may bring text or links that are not in the page itself."""
_UNSURE = re.compile(r"<(/?)(template|noscript)\b", re.IGNORECASE)
"""What stands in these a browser may show or not: named otherwise, so that the parser takes neither side."""
_TAG = re.compile(r"<[/a-zA-Z]")
_SHAPES = re.compile(r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b[^<]*", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s/\"']")


class TooMuch(Exception):
    """The page is not read, since that would take too long."""


@dataclass(slots=True)
class Read:
    """Texts and links in order, each with how well it is seen.

    `more`: scripts or frames may add to it; `alive`: scripts or styles may show what is hidden; `unread`: it has scripts, or styles
    of other files. `unspoken` is what stands where no text is.
    """

    texts: list[tuple[str, Sight]] = field(default_factory=list)
    links: list[tuple[str, Sight]] = field(default_factory=list)
    base: str = ""
    more: bool = False
    alive: bool = False
    unread: bool = False
    unspoken: list[str] = field(default_factory=list)


def read(page: str) -> Read:
    """Walks the page once, without recursion; raises `TooMuch`."""
    _bounded(page)
    tree, found = LexborHTMLParser(_UNSURE.sub(r"<\1x-\2", page)), Read()
    root = cast("LexborNode", tree.root)  # the parser makes one of anything
    sheets = [one.text() for one in tree.css("style")]
    found.base = next((base for one in tree.css("base[href]") if (base := one.attributes.get("href"))), "")
    found.more = bool(tree.css(MORE))
    outside = bool(tree.css("link[rel~=stylesheet i], script[src]")) or any(map(elsewhere, sheets))
    found.unread = outside or found.more
    found.alive = found.more or outside or bool(sheets)
    found.unspoken = [one.text() for one in tree.css(", ".join(sorted(UNSPOKEN - {"head", "title"})))]
    found.links = [(href, "doubtful") for one in tree.css("area[href], svg a") if (href := _leads(one))]
    _walk(root, doubted(sheets), found)
    return found


def _bounded(page: str) -> None:
    tags = len(_TAG.findall(page))
    shapes = len(set(_SHAPES.findall(page)))
    crowded = any(len(one) > MOST_IN_A_TAG and len(_BETWEEN.findall(one)) > MOST_IN_A_TAG for one in page.split("<"))
    if (
        len(page) > MOST_SIGNS
        or tags > 2 * MOST_TAGS
        or _opening(page) > MOST_TAGS
        or crowded
        or 3 * shapes * tags > MOST_COPIES
    ):
        raise TooMuch


def _opening(page: str) -> int:
    return len(re.findall(r"<[a-zA-Z]", page))


def _leads(node: LexborNode) -> str:
    return node.attributes.get("href") or node.attributes.get("xlink:href") or ""


def _walk(root: LexborNode, styles: Doubted, found: Read) -> None:
    waiting: list[tuple[LexborNode, Sight, int]] = [(root, "shown", -1)]
    while waiting:
        node, sight, link = waiting.pop()
        if node.is_text_node:
            _text(node.text_content or "", sight, link, found)
            continue
        tag = (node.tag or "").lower()
        if node.is_comment_node or tag in UNSPOKEN:
            found.texts.append((" ", "shown"))
            continue
        sight, link = _entered(node, tag, sight, link, styles, found)
        waiting.extend((one, sight, link) for one in reversed(list(_children(node))))
        if tag in LINES:
            found.texts.append((" ", "shown"))


def _text(text: str, sight: Sight, link: int, found: Read) -> None:
    found.texts.append((text, sight))
    if link >= 0 and text.strip():
        href, before = found.links[link]
        found.links[link] = (href, better(before, sight))


def _entered(node: LexborNode, tag: str, sight: Sight, link: int, styles: Doubted, found: Read) -> tuple[Sight, int]:
    told = node.attributes
    sight = worse(sight, _sight(node, tag, styles))
    found.more = found.more or any(one.startswith("on") for one in told)
    found.alive, found.unread = found.alive or found.more, found.unread or found.more
    href = told.get("href") if tag == "a" else None
    if href:
        found.links.append((href, "hidden"))  # until something in it is seen
        link = len(found.links) - 1
    instead = (told.get("alt") or "") if tag == "img" else (told.get("value") or "") if tag == "input" else ""
    if instead.strip():
        _text(f" {instead} ", worse(sight, "doubtful"), link, found)
    return sight, link


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _sight(node: LexborNode, tag: str, styles: Doubted) -> Sight:
    told = node.attributes
    style, classes = told.get("style") or "", told.get("class") or ""
    if "hidden" in told or is_gone(style) or (tag == "dialog" and "open" not in told):
        return "hidden"
    names = names_of(tag, told)
    odd = tag in ODD or HIDING_CLASSES & set(classes.lower().split()) or (tag == "details" and "open" not in told)
    by_rule = any(one <= names for name in names for one in styles.get(name, ()))
    aria = (told.get("aria-hidden") or "").lower() == "true" or bool(
        {"inert", "popover", "bgcolor", "background", "text"} & set(told)
    )
    return "doubtful" if odd or by_rule or aria or "--" in style or hides(style) else "shown"


def better(one: Sight, other: Sight) -> Sight:
    return min(one, other, key=SIGHTS.index)


def worse(one: Sight, other: Sight) -> Sight:
    return max(one, other, key=SIGHTS.index)

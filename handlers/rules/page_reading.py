"""A page as far as it can be read without being drawn: its texts and links, and how well a reader sees each (P3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

from .page_places import PICTURES, Placed, lies_over, placed, traits
from .page_shadows import Shadow, children, declared, root_of
from .page_styles import Doubted, doubted, elsewhere, hides, is_gone, names_of

Sight = Literal["shown", "doubtful", "hidden"]
SIGHTS: tuple[Sight, ...] = ("shown", "doubtful", "hidden")
MOST_SIGNS, MOST_TAGS, MOST_IN_A_TAG, MOST_COPIES = 512 * 1024, 10_000, 10_000, 500_000
"""Beyond any of these a page is not parsed: that takes a time that grows with the square of its tags, and of what stands in one of them.

`MOST_COPIES`: a parser repeats each tag of a letter's shape (`<b>`, `<i>` …) in each paragraph after it, at most three times if it is the same.
"""
MOST_IN_ROOTS = 8 * MOST_SIGNS
UNSPOKEN = frozenset({
    "script", "style", "template", "head", "title", "x-noscript", "iframe", "object", "svg", "math", "textarea", "select", "canvas", "audio", "video",
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
_UNSURE = re.compile(r"<(/?)(noscript)\b", re.IGNORECASE)
"""What stands in these a browser may show or not: named otherwise, so that the parser takes neither side."""
_TEMPLATE = re.compile(r"<(/?)(template)\b", re.IGNORECASE)
BREAK = "\x00"
"""Stands where what follows may be drawn elsewhere; in a page itself there is none, since the parser takes it out."""
OUTSIDE = "link[rel~=stylesheet i], script[src]"
_SILENT = ", ".join(sorted((UNSPOKEN | {"x-template"}) - {"head", "title"}))
_TAG = re.compile(r"<[/a-zA-Z]")
_SHAPES = re.compile(r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b[^<]*", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s/\"']")


class TooMuch(Exception):
    """The page is not read, since that would take too long."""


@dataclass(slots=True)
class Read:
    """Texts and links in order, each with how well it is seen.

    `more`: scripts or frames may add to it; `alive`: scripts or styles may show what is hidden; `unread`: it has scripts, or styles
    of other files. `unspoken` is what stands where no text is. `covered`: something may lie over the whole page.
    """

    texts: list[tuple[str, Sight]] = field(default_factory=list)
    links: list[tuple[str, Sight]] = field(default_factory=list)
    base: str = ""
    more: bool = False
    alive: bool = False
    unread: bool = False
    covered: bool = False
    unspoken: list[str] = field(default_factory=list)


class _At(NamedTuple):
    """A node that is still to be read, and what is known from where it stands: `over` is whether it is in something that lies over the page."""

    node: LexborNode
    sight: Sight
    link: int
    over: bool
    root: Shadow | None


@dataclass(slots=True)
class _Styles:
    hiding: Doubted
    placing: Placed
    roots: int = 0
    """Signs of all roots that were read: each stands once more in those around it."""

    def root_of(self, at: _At, template: LexborNode) -> Shadow:
        """Raises `TooMuch`."""
        self.roots += len(template.html or "")
        if self.roots > MOST_IN_ROOTS:
            raise TooMuch
        return root_of(at.node, template, at.root)


def read(page: str) -> Read:
    """Walks the page once, without recursion; raises `TooMuch`."""
    _bounded(page)
    tree, found = LexborHTMLParser(_UNSURE.sub(r"<\1x-\2", page)), Read()
    root = cast("LexborNode", tree.root)  # the parser makes one of anything
    # What stands in a template is read as well: it may be taken out of it.
    trees = [tree, *(LexborHTMLParser(_TEMPLATE.sub(r"<\1x-\2", one.html or "")) for one in tree.css("template"))]
    sheets = [one.text() for each in trees for one in each.css("style")]
    found.base = next((base for one in tree.css("base[href]") if (base := one.attributes.get("href"))), "")
    found.more = any(each.css(MORE) for each in trees)
    outside = any(each.css(OUTSIDE) for each in trees) or any(map(elsewhere, sheets))
    found.unread = outside or found.more
    found.alive = found.more or outside or bool(sheets)
    found.unspoken = [one.text() for each in trees for one in each.css(_SILENT)]
    found.links = [
        (href, "doubtful") for each in trees for one in each.css("area[href], svg a") if (href := _leads(one))
    ]
    _walk(root, _Styles(doubted(sheets), placed(sheets)), found)
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


def _walk(root: LexborNode, styles: _Styles, found: Read) -> None:
    waiting: list[_At | str] = [_At(root, "shown", -1, over=False, root=None)]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str):
            found.texts.append((at, "shown"))
        elif at.node.is_text_node:
            _text(at.node.text_content or "", at.sight, at.link, found)
        elif not at.node.is_comment_node:
            waiting.extend(reversed([*_element(at, (at.node.tag or "").lower(), styles, found)]))


def _element(at: _At, tag: str, styles: _Styles, found: Read) -> Iterator[_At | str]:
    """What is read next: what stands in the element, between signs of how it is set off from what stands beside it."""
    told = traits(tag, at.node.attributes, styles.placing)
    over = at.over or lies_over(told)
    if tag in UNSPOKEN:
        found.covered = found.covered or (over and tag in PICTURES and at.sight != "hidden")
        yield " "
        return
    sight, link = _entered(at.node, tag, at.sight, at.link, styles.hiding, found)
    found.covered = found.covered or (over and ("painted" in told or tag in PICTURES) and sight != "hidden")
    beside = (BREAK if "moved" in told else "") + (" " if tag in LINES else "")
    yield beside
    yield from _inside(at._replace(sight=sight, link=link, over=over), tag, styles)
    yield beside


def _inside(at: _At, tag: str, styles: _Styles) -> Iterator[_At | str]:
    """The element's own children; or what its root shows in place of them, and after it what no slot of that takes."""
    taken = at.root.slots.get(at.node.mem_id) if at.root is not None and tag == "slot" else None
    template = None if taken else declared(at.node)
    if at.root is not None and taken:
        yield from (at._replace(node=one, root=at.root.within) for one in taken)
        return
    root = styles.root_of(at, template) if template is not None else None
    if root is None or root.content is None:
        sight = at.sight if root is None else worse(at.sight, "doubtful")
        yield from (at._replace(node=one, sight=sight) for one in children(at.node))
        return
    yield from (at._replace(node=one, root=root) for one in children(root.content))
    yield " "
    yield from (at._replace(node=one, sight="hidden") for one in root.left)


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

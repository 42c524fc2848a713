"""What stands in a declarative shadow root, and which of its host's own children its slots show (P3).

Where an element has such a root, a browser draws the root instead of the element's children, and each child only where a slot takes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

HOSTS = frozenset({
    "article", "aside", "blockquote", "body", "div", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "main", "nav", "p", "section", "span",
})  # fmt: skip
"""What may have a root beside elements of one's own, whose names have a hyphen."""
SHUT = ", ".join(f"{tag} slot" for tag in ("audio", "canvas", "datalist", "math", "meter", "object", "progress", "select", "svg", "video"))  # fmt: skip
"""Slots that nobody can tell what they show."""
_OWN = re.compile(r"(?!(?:annotation-xml|color-profile|font-face(?:-\w+)?|missing-glyph)$)[a-z][^\s/>]*-[^\s/>]*")
_BEGINS = re.compile(r"<template(?:\s+[^\s=>]+(?:=\"[^\"]*\")?)*\s*>")
_ENDS = "</template>"


@dataclass(slots=True)
class Shadow:
    """A root: `content` is around what stands in it, `slots` are what each slot takes (by `mem_id`), `left` what no slot takes.

    `within` is the root in which the host itself stands. Where the root can't be read as a browser does, `content` is None.
    """

    content: LexborNode | None = None
    within: Shadow | None = None
    slots: dict[int, list[LexborNode]] = field(default_factory=dict)
    left: list[LexborNode] = field(default_factory=list)


def children(node: LexborNode) -> Iterator[LexborNode]:
    """What stands in it, in order."""
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def declared(node: LexborNode) -> LexborNode | None:
    """The first template among its children that declares a root."""
    return next((one for one in children(node) if one.tag == "template" and _mode(one) in ("open", "closed")), None)


def root_of(host: LexborNode, template: LexborNode, within: Shadow | None) -> Shadow:
    """The root that this template declares for this element."""
    tag, told = host.tag or "", set(template.attributes)
    content = _content(template)
    if (
        content is None
        or content.css(SHUT)
        or (tag not in HOSTS and not _OWN.fullmatch(tag))
        or "shadowrootslotassignment" in told
    ):
        return Shadow()
    root, first = Shadow(content, within), dict[str, LexborNode]()
    for slot in content.css("slot"):
        first.setdefault(slot.attributes.get("name") or "", slot)
    for one in children(host):
        if one.is_comment_node or one.mem_id == template.mem_id:
            continue
        name = "" if one.is_text_node else one.attributes.get("slot") or ""
        (root.slots.setdefault(first[name].mem_id, []) if name in first else root.left).append(one)
    return root


def _mode(template: LexborNode) -> str:
    return (template.attributes.get("shadowrootmode") or "").lower()


def _content(template: LexborNode) -> LexborNode | None:
    """What stands in the template, read once more by itself; None where that is not the very same (a table's rows without their table)."""
    written = template.html or ""
    begins = _BEGINS.match(written)
    if begins is None:
        return None
    around = f"<div>{written[begins.end() : -len(_ENDS)]}</div>"
    content = LexborHTMLParser(around).css_first("body > div")
    return content if content is not None and content.html == around else None

"""What a page's own styles put over others, or elsewhere than it stands in the source (P3).

A style is never worked out as a browser does: of what may be for an element all that it says counts together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain

from .page_styles import applied, names_of, selected

Traits = frozenset[str]
Placed = dict[str, dict[frozenset[str], Traits]]
"""By the names of what they are for the traits that rules tell; found as in `page_styles.Doubted`."""
MOST_RULES = 1000
"""Rules of different names that are held against each element; where there are more, any of them may be for any."""
PICTURES = frozenset({"img", "picture", "video", "svg", "canvas", "iframe", "object", "embed"})
"""What paints something without a background."""
_MOVING = frozenset({"bdi", "thead", "tfoot", "caption", "legend"})
"""Drawn elsewhere than it stands, or in an order of its own."""
_FULL = ("left", "right", "top", "bottom", "wide", "tall")
_SMALL = r"auto|none|inherit|(fit|min|max)-content|0|[1-4]?\d(\.\d+)?(%|[sld]?v\w+)|1?\d{1,2}(\.\d+)?px|\d?(\.\d+)?r?em"
_LARGE = r"(.*[\s,(])?(\d{3,}(\.\d+)?px|\d{2,}(\.\d+)?(r?em|[sld]?v\w+|cm|mm|in|pt|pc|ch|ex|q)\b).*|.*(calc|var|min|max|clamp)\(.*"
_TELLING: tuple[tuple[str, str, str], ...] = (
    ("moved", r"float", r"(?!none$).+"),
    ("over", r"position", r"(?!(static|relative|sticky)$).+"),
    ("left", r"left|inset-inline(-start)?", r"(?!auto$).+"),
    ("right", r"right|inset-inline(-end)?", r"(?!auto$).+"),
    ("top", r"top|inset-block(-start)?", r"(?!auto$).+"),
    ("bottom", r"bottom|inset-block(-end)?", r"(?!auto$).+"),
    ("wide", r"(min-)?(width|inline-size)", rf"(?!({_SMALL})$).+"),
    ("tall", r"(min-)?(height|block-size)", rf"(?!({_SMALL})$).+"),
    ("wide tall", r"transform", r".*(scale|matrix|perspective|translatez|translate3d|var)\(.*"),
    ("wide tall", r"scale|zoom", r"(?!(none|normal|0?\.\d+|1)$).+"),
    ("wide tall", r"padding.*", _LARGE),
    ("wide tall painted", r"box-shadow|border.*|outline.*", _LARGE),
    ("painted", r"background(-color|-image)?|backdrop-filter", r"(?!(none|transparent|inherit|unset|initial)$).+"),
    ("gone", r"display", r"none"),
    ("there", r"display", r"(?!none$).+"),
)
_READ = tuple((frozenset(traits.split()), re.compile(name), re.compile(value)) for traits, name, value in _TELLING)
_ALL = frozenset({"moved", "over", "painted", *_FULL})


def placed(sheets: Iterable[str]) -> Placed:
    """What the sheets tell of where things are drawn."""
    found: Placed = {}
    count = 0
    telling = ((selector, told) for selector, declared in applied(sheets) if (told := traits_of(declared)))
    for names, told in ((names, told) for selector, told in telling for names in selected(selector)):
        here = found.setdefault(min(names, default=""), {})
        count += names not in here
        if count > MOST_RULES:
            return {"": {frozenset(): _ALL}}
        here[names] = here.get(names, frozenset()) | told
    return found


def traits_of(declared: str) -> Traits:
    """What declarations tell of where something is drawn; any of it where they can't be read."""
    if "\\" in declared:
        return _ALL
    plain = re.sub(r"/\*.*?(\*/|$)", " ", declared, flags=re.DOTALL).lower()
    return frozenset(chain.from_iterable(map(_told, plain.split(";"))))


def traits(tag: str, attributes: Mapping[str, str | None], places: Placed) -> Traits:
    """All that styles and attributes tell of an element."""
    found = set(traits_of(attributes.get("style") or ""))
    names = names_of(tag, attributes)
    for rule, told in (one for name in names for one in places.get(name, {}).items()):
        if rule <= names:
            found |= told
    for side, trait in (("width", "wide"), ("height", "tall")):
        if re.search(r"\d{3}|%", attributes.get(side) or ""):
            found.add(trait)
    if "bgcolor" in attributes or "background" in attributes:
        found.add("painted")
    if tag in _MOVING or "dir" in attributes or (tag == "table" and "align" in attributes):
        found.add("moved")
    return frozenset(found)


def lies_over(found: Traits) -> bool:
    """Whether an element of these traits may lie over the page, in its full size."""
    wide, tall = "wide" in found or {"left", "right"} <= found, "tall" in found or {"top", "bottom"} <= found
    return "over" in found and wide and tall and not ("gone" in found and "there" not in found)


def _told(one: str) -> Iterator[str]:
    name, _, value = one.partition(":")
    name, value = name.strip(), re.sub(r"\s*!\s*important\s*$", "", value.strip())
    if name == "inset":
        sides = value.split()
        each = dict(zip(("top", "right", "bottom", "left"), [*sides, *(sides * 4)[len(sides) :]], strict=False))
        if len(sides) == 3:  # top, both sides, bottom
            each["left"] = sides[1]
        yield from (side for side, told in each.items() if told != "auto")
    for told, values in _telling(name):
        if values.fullmatch(value):
            yield from told


@lru_cache(maxsize=1024)
def _telling(name: str) -> tuple[tuple[Traits, re.Pattern[str]], ...]:
    """What values of a property of this name tell which traits."""
    return tuple((told, values) for told, names, values in _READ if names.fullmatch(name))

"""What a page's own styles may hide: only what is known to be harmless hides nothing, all else may (P3).

A style is never worked out as a browser does; where this reads it otherwise than a browser, it doubts more, not less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

Doubted = dict[str, list[frozenset[str]]]
"""Of each rule that may hide something the names of what it is for, found by one of them; by "" what is for everything."""
LONGEST, LONGEST_VALUE, MOST_RULES = 2000, 200, 2000
"""Signs of one style and of a value that has a name, and rules that may hide something: beyond any of these, all may be hidden."""
_SMALL = r"(0|auto|inherit|\d{1,2}(\.\d+)?px|\d?(\.\d+)?r?em)"
_SMALLS = rf"{_SMALL}(\s+{_SMALL}){{0,3}}"
_DARK = r"(black|inherit|currentcolor|#[0-9]{2}[0-9a-f]|#([0-9][0-9a-f]){2}[0-9a-f]{2})"
_LIGHT = r"(white|inherit|none|#[d-f]{3}|#([d-f][0-9a-f]){3})"
_SOME = r"[a-z0-9 .%#-]{1,60}"
_LETTER = r"(1[0-9]|[2-9][0-9])(\.\d+)?px|[1-3](\.\d+)?r?em|0?\.[89]\d*rem|1\d\d%|inherit|medium|large|larger|x-large"
HARMLESS = {
    "box-sizing|font-weight|font-style|font-variant|text-align|clear|cursor|hyphens|text-rendering|scroll-behavior|tab-size"
    "|justify-content|align-items|align-content|overflow-wrap|word-wrap|word-break|text-underline-offset|-webkit-font-smoothing"
    "|-moz-osx-font-smoothing|-webkit-text-size-adjust|text-size-adjust|vertical-align": r"[a-z0-9% -]{1,40}",
    "list-style|list-style-type": r"(?!.*\bx\b)[a-z0-9% -]{1,40}",  # a text in quotation marks is an x here
    "quotes": r"none|auto|inherit",
    "flex-wrap": r"wrap|nowrap",
    "font-family": r"[^\\(){}]{1,400}",
    "font-size": _LETTER,
    "line-height": r"[12](\.\d+)?|normal|inherit|(1[2-9]|[2-9]\d)px|1\d\d%|200%",
    "margin|padding|gap|row-gap|column-gap|(margin|padding)-(top|right|bottom|left|inline|block|inline-start|inline-end|block-start|block-end)": _SMALLS,
    "border|border-(top|right|bottom|left|radius|collapse|color|style|width)": r"(?!.*\d{2}(px|r?em|v))" + _SOME,
    "display": r"block|inline|inline-block|flex|inline-flex|grid|list-item|table|table-row|table-cell|flow-root",
    "float": r"left|right|none",
    "position": r"static|relative",
    "max-width": r"none|100%|\d{3,4}px|[2-9]\dr?em",
    "width": r"auto|100%|\d{3,4}px",
    "height": r"auto",
    "min-height": r"0|100vh|100%|\d{1,3}px",
    "overflow": r"visible|auto",
    "white-space": r"normal|pre-wrap|pre-line",
    "text-decoration|text-decoration-line": r"none|underline",
    "visibility": r"visible",
    "opacity": r"1",
    "color": _DARK,
    "background|background-color": _LIGHT,
}  # fmt: skip
_HARMLESS = re.compile("|".join(rf"(?:(?:{names})\s*:\s*(?:{value}))" for names, value in HARMLESS.items()))
_OWN = re.compile(r"--[\w-]+\s*:.*", re.DOTALL)
_GONE = re.compile(r"(^|;)\s*display\s*:\s*none\s*(!\s*important\s*)?(;|$)", re.IGNORECASE)
_SAID = re.compile(r"/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)
_PARTS = re.compile(r"([{};])")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_NAMED = re.compile(r"([.#[]?)([^\s\x00-\x2c./:-@\[-^`{-\x7f]+)")
_ATTRIBUTE = re.compile(r"\[\s*([\w-]+)\s*([~^$*]?=[^\[\]]*)?\]")
_BY_NAME = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,[^()]*)?\)")
_LISTS = re.compile(r"@(-\w+-)?(font-face|keyframes|page|property|counter-style|font-feature-values|font-palette-values)\b", re.IGNORECASE)  # fmt: skip
"""What stands in these is for no element."""


def hides(declared: str) -> bool:
    """Whether declarations may hide what they are for; those that are longer than anybody writes may do anything."""
    if len(declared) > LONGEST or "\\" in declared:
        return True
    plain = _SAID.sub(lambda said: " " if said[0].startswith("/*") else "x", declared)
    return not all(map(_is_harmless, plain.split(";")))


def is_gone(declared: str) -> bool:
    """Whether declarations certainly take away what they are for, if no other style says otherwise."""
    return len(declared) <= LONGEST and _GONE.search(_SAID.sub(" ", declared)) is not None


def names_of(tag: str, attributes: Mapping[str, str | None]) -> frozenset[str]:
    """The names by which a style may be for an element, an attribute's with a bracket; the empty one is everything's."""
    classes, name = attributes.get("class") or "", attributes.get("id") or ""
    each = (f".{_safe(one)}" for one in classes.lower().split())
    return frozenset(
        {
            "",
            tag.lower(),
            *each,
            *((f"#{_safe(name.lower())}",) if name else ()),
            *(f"[{one.lower()}" for one in attributes),
        }
    )


def doubted(sheets: Iterable[str]) -> Doubted:
    """What the sheets may hide."""
    found, count = Doubted(), 0
    for selector, declared in applied(sheets):
        for names in selected(selector) if hides(declared) else ():
            count += 1
            if count > MOST_RULES or not names:
                return {"": [frozenset()]}
            found.setdefault(min(names), []).append(names)  # an id or a class before a tag, as there are fewer of them
    return found


def applied(sheets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each declaration of the sheets behind the selector of what it is for; values that have a name stand in place of it."""
    rules = [one for sheet in sheets for one in _rules(sheet)]
    values = _values(declared for _, declared in rules)
    for selector, declared in rules:
        if not _own(declared):
            yield selector, _by_value(declared, values)


def _own(declared: str) -> bool:
    return "\\" not in declared and _OWN.fullmatch(declared.strip()) is not None


def _values(declared: Iterable[str]) -> Mapping[str, str]:
    """The values that have one name (`--x`), of those that have one value only."""
    found: dict[str, set[str]] = {}
    for one in declared:
        if _own(one):
            name, _, value = one.strip().partition(":")
            found.setdefault(name.strip(), set()).add(value.strip())
    return {
        name: next(iter(values))
        for name, values in found.items()
        if len(values) == 1 and len(min(values)) <= LONGEST_VALUE
    }


def _by_value(declared: str, values: Mapping[str, str]) -> str:
    """With the values in place of their names, one within another but no deeper; what is not known stays, and may hide anything."""
    for _ in range(3):
        if "var(" not in declared or len(declared) > LONGEST:
            break
        declared = _BY_NAME.sub(lambda one: values.get(one[1], one[0]), declared)
    return declared


def elsewhere(sheet: str) -> bool:
    """Whether a sheet takes in another one."""
    return "@import" in sheet.lower() or "\\" in sheet.partition("{")[0]


def _is_harmless(one: str) -> bool:
    told = re.sub(r"\s*!\s*important\s*$", "", one.strip().lower())
    return not told or _OWN.fullmatch(told) is not None or _HARMLESS.fullmatch(told) is not None


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Each block's own declarations with what they are for; what a browser might read otherwise is for everything."""
    plain = _SAID.sub(lambda said: " " if said[0].startswith("/*") else "x", sheet)
    plain = plain.replace("<!--", " ").replace("-->", " ")
    if '"' in plain or "'" in plain:
        yield "*", "unread:1"
        return
    before: list[str] = []
    last = ""
    for part in _PARTS.split(plain):
        if part == "{":
            before.append(last.strip())
        elif part in ("}", ";"):
            if before and last.strip() and not any(map(_LISTS.match, before)):
                yield _for(before), last
            if part == "}" and before:
                before.pop()
        last = "" if part in ("{", "}", ";") else part
    if before and last.strip():
        yield _for(before), last


def _for(before: list[str]) -> str:
    """The innermost selector; without any it is for everything."""
    return next((one for one in reversed(before) if not one.startswith("@")), "*")


def selected(selector: str) -> list[frozenset[str]]:
    """Of each selector of a list the names that its last part needs; none where it may be for anything."""
    plain = _ESCAPE.sub(lambda one: _safe(_unescaped(one)), selector)
    while (shorter := re.sub(r"\([^()]*\)", "", plain)) != plain:
        plain = shorter
    brackets = plain.count("[")
    plain, read = _ATTRIBUTE.subn(lambda one: f"[{one[1]}", plain)  # whatever its value
    if len(selector) > LONGEST or brackets != read or any(one in plain for one in "()]|&"):
        return [frozenset()]
    last = (re.split(r"[\s>+~]+", one.strip())[-1] for one in plain.split(","))
    named = (_NAMED.findall(re.sub(r"::?[\w-]+", "", one)) for one in last)
    return [frozenset(f"{kind}{name}".lower() for kind, name in each) for each in named]


def _unescaped(one: re.Match[str]) -> str:
    if one[1] is None:
        return str(one[2])
    number = int(one[1], 16)
    return chr(number) if 0 < number < 0x11_0000 else "\ufffd"


def _safe(name: str) -> str:
    """A name whose signs can't be taken for those that part names."""
    return re.sub(r"[\x00-\x2c./:-@\[-^`{-\x7f]", lambda sign: chr(0xE000 + ord(sign[0])), name)

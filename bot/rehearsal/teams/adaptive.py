"""Says what Teams would refuse in an Adaptive Card: size, version, and what version 1.5 does not know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.rehearsal.teams.people import Json
from bot.rehearsal.teams.refusals import TeamsError
from bot.rehearsal.teams.vocabulary import ACTIONS, CARD, ELEMENTS, ENUMS, PARTS, SELECTABLE, Properties

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 28 * 1024
NEWEST = (1, 5)
SIMPLE: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "text|number": (str, int, float),
    "text|object": (str, dict),
}
Report = list[str]


def size(value: Any) -> int:
    """Bytes of the compact JSON, in UTF-8."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def check_card(card: Any) -> None:
    """Raises TeamsError MessageSizeTooBig, or BadSyntax with every fault and its place."""
    if size(card) > MOST_BYTES:
        raise TeamsError("MessageSizeTooBig", f"Message size too large: {size(card)} bytes.")
    try:
        report = card_faults(card)
    except RecursionError:
        report = ["/: is nested too deeply"]
    if report:
        raise TeamsError("BadSyntax", "; ".join(report[:5]))


def card_faults(card: Any) -> Report:
    """Every fault of a top-level card against version 1.5, `path: what is wrong`."""
    report: Report = []
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return ["/: must be an object of type AdaptiveCard"]
    _version(card.get("version"), report)
    _record(card, CARD, "", report)
    ids = [str(one.get("id")) for one in inner(card) if str(one.get("type")).startswith("Input.")]
    report += [f"/: two inputs share the id {name!r}" for name in sorted({one for one in ids if ids.count(one) > 1})]
    return report


def inner(value: Any) -> Iterator[Json]:
    """Every object inside, the outermost first; fallbacks and `data` are left out."""
    if isinstance(value, dict):
        yield value
        for name, part in value.items():
            if name not in ("fallback", "data", "msteams"):
                yield from inner(part)
    elif isinstance(value, list):
        for part in value:
            yield from inner(part)


def _version(version: Any, report: Report) -> None:
    try:
        major, minor = (int(part) for part in str(version).split("."))
    except ValueError:
        report.append("/version: must be a version such as 1.5")
        return
    if not (1, 0) <= (major, minor) <= NEWEST:
        report.append(f"/version: {version} is newer than Teams draws (1.5)")


def _record(value: Json, known: Properties, path: str, report: Report) -> None:
    for name, (_, required) in known.items():
        if required and name not in value:
            report.append(f"{path}/{name}: is missing")
    for name, part in value.items():
        if name == "type":
            continue
        if name not in known:
            report.append(f"{path}/{name}: is no property here")
        else:
            _value(part, known[name][0], f"{path}/{name}", report)


def _value(value: Any, kind: str, path: str, report: Report) -> None:
    if kind.startswith("["):
        _listing(value, kind[1:-1], path, report)
    elif kind in SIMPLE:
        if not isinstance(value, SIMPLE[kind]) or (isinstance(value, bool) and kind != "boolean"):
            report.append(f"{path}: must be {kind}")
    elif kind in ENUMS:
        if not isinstance(value, str) or value.lower() not in ENUMS[kind]:
            report.append(f"{path}: {value!r} is none of {', '.join(sorted(ENUMS[kind]))}")
    else:
        _thing(value, kind, path, report)


def _listing(value: Any, kind: str, path: str, report: Report) -> None:
    if not isinstance(value, list):
        report.append(f"{path}: must be a list")
        return
    for place, one in enumerate(value):
        _value(one, kind, f"{path}/{place}", report)


def _thing(value: Any, kind: str, path: str, report: Report) -> None:
    """An object whose `type` picks its description, or whose place does."""
    if value == "drop" and kind.endswith("Fallback"):
        return
    if kind in ("Run", "Background", "Target") and isinstance(value, str):
        return
    if not isinstance(value, dict):
        report.append(f"{path}: must be an object")
        return
    known = _described(value, kind, path, report)
    if known is not None:
        _record(value, known, path, report)
        _more(value, path, report)


def _described(value: Json, kind: str, path: str, report: Report) -> Properties | None:
    name = str(value.get("type"))
    if kind.startswith("Element"):
        found = ELEMENTS.get(name)
    elif kind == "Select":
        found = ACTIONS.get(name) if name in SELECTABLE else None
    elif kind.startswith("Action"):
        found = ACTIONS.get(name)
    else:
        right = value.get("type") in (None, PARTS[kind][0])
        found = PARTS[kind][1] if right else None
    if found is None:
        report.append(f"{path}/type: {name!r} cannot stand here")
    return found


def _more(value: Json, path: str, report: Report) -> None:
    """What no list of properties can say."""
    kind = value.get("type")
    if kind == "Input.ChoiceSet":
        _choices(value, path, report)
    elif kind == "Action.OpenUrl" and not str(value.get("url")).startswith(("https://", "http://", "mailto:", "tel:")):
        report.append(f"{path}/url: Teams opens no such address")
    elif kind == "Action.Execute" and not value.get("verb"):
        report.append(f"{path}/verb: the bot could not tell what was pressed")


def _choices(value: Json, path: str, report: Report) -> None:
    choices = value.get("choices")
    if not choices and "choices.data" not in value:
        report.append(f"{path}/choices: is missing")
    values = [str(one.get("value")) for one in choices if isinstance(one, dict)] if isinstance(choices, list) else []
    if value.get("isMultiSelect") and any("," in one for one in values):
        report.append(f"{path}/choices: a comma in a value breaks isMultiSelect")

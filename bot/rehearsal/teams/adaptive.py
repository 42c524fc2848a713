"""Says what Teams would refuse in an Adaptive Card: its size, its version, two inputs with one name, buttons that lead
nowhere. Microsoft's schema says which properties an element may have; the tests check every card against it.
"""

import json
from collections.abc import Iterator
from typing import Any

from bot.rehearsal.teams.people import Json
from bot.rehearsal.teams.refusals import TeamsError

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 28 * 1024
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")


def size(value: Any) -> int:
    """Return the size of the compact JSON in UTF-8 bytes."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def check_card(card: Any) -> None:
    """Check a card; raises TeamsError MessageSizeTooBig, or BadSyntax with every fault."""
    if size(card) > MOST_BYTES:
        raise TeamsError("MessageSizeTooBig", f"Message size too large: {size(card)} bytes.")
    if report := card_faults(card):
        raise TeamsError("BadSyntax", "; ".join(report[:5]))


def card_faults(card: Any) -> list[str]:
    """Return every fault of a top-level card."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return ["it must be an object of type AdaptiveCard"]
    report = [] if card.get("version") in VERSIONS else [f"Teams draws no version {card.get('version')}"]
    ids = [str(one.get("id")) for one in inner(card) if str(one.get("type")).startswith("Input.")]
    report += [f"two inputs share the id {name!r}" for name in sorted({one for one in ids if ids.count(one) > 1})]
    return [*report, *(fault for one in inner(card) for fault in _element_faults(one))]


def inner(value: Any) -> Iterator[Json]:
    """Yield every object inside, the outermost first; fallbacks and `data` are left out."""
    if isinstance(value, dict):
        yield value
        for name, part in value.items():
            if name not in ("fallback", "data", "msteams"):
                yield from inner(part)
    elif isinstance(value, list):
        for part in value:
            yield from inner(part)


def _element_faults(value: Json) -> Iterator[str]:
    kind = value.get("type")
    if kind == "Action.OpenUrl" and not str(value.get("url")).startswith(("https://", "http://", "mailto:", "tel:")):
        yield f"Teams doesn't open {value.get('url')!r}"
    elif kind == "Action.Execute" and not value.get("verb"):
        yield "an Action.Execute has no verb, so the bot could not tell what was pressed"
    elif kind == "Input.ChoiceSet":
        yield from _choice_faults(value)


def _choice_faults(value: Json) -> Iterator[str]:
    choices = value.get("choices") or []
    if not choices and "choices.data" not in value:
        yield f"{value.get('id')!r} offers no choices"
    if value.get("isMultiSelect") and any("," in str(one.get("value")) for one in choices):
        yield "a comma in a value breaks isMultiSelect"

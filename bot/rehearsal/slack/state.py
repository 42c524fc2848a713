"""The values a person has filled into a view: kept, carried over updates, and checked as Slack's client does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.slack import blockkit, elements
from bot.rehearsal.slack.people import Json

Values = dict[str, dict[str, Json]]
REQUIRED = "Please complete this required field."
# element type → (its key in state.values, its key for a first value)
KEYS: Mapping[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """An element that holds a value, and its block."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def key(self) -> str:
        return KEYS.get(self.element["type"], ("selected_option", ""))[0]

    @property
    def several(self) -> bool:
        return self.key == "selected_options"

    def value(self, content: Any) -> Json:
        """Return this field's entry in state.values; nothing is [] or null, as in Slack."""
        return {"type": self.element["type"], self.key: content or ([] if self.several else None)}

    def fits(self, content: Any) -> bool:
        """Return True if this can be the field's content: text, option, or a list of them."""
        inner: type = dict if self.key.startswith("selected_option") else str
        if content is None or not self.several:
            return content is None or isinstance(content, inner)
        return isinstance(content, list) and all(isinstance(one, inner) for one in content)

    def first(self) -> Json:
        return self.value(self.element.get(KEYS[self.element["type"]][1]))

    def content(self, values: Values) -> Any:
        return values.get(self.block_id, {}).get(self.action_id, {}).get(self.key)


def fields(blocks: list[Json]) -> Iterator[Field]:
    for block in blocks:
        for element in blockkit.elements_of(block):
            if element.get("type") in KEYS:
                yield Field(block, element)


def brought(blocks: list[Json]) -> Iterator[tuple[tuple[str, str], list[Json]]]:
    """Yield the options initially chosen in external selects, by (block_id, action_id)."""
    for one in fields(blocks):
        first = one.first()[one.key]
        if first and one.several:
            yield (one.block_id, one.action_id), first


def carried(blocks: list[Json], before: Values) -> Values:
    """Return state.values of these blocks; earlier values stay if block, action and type are the same."""
    values: Values = {}
    for one in fields(blocks):
        kept = before.get(one.block_id, {}).get(one.action_id, {})
        same = kept.get("type") == one.element["type"]
        values.setdefault(one.block_id, {})[one.action_id] = one.value(kept[one.key]) if same else one.first()
    return values


def filled(blocks: list[Json], before: Values, given: Values) -> Values:
    """Return `before` with what the person has entered now; anything that isn't a field of the view is dropped."""
    values = carried(blocks, before)
    for one in fields(blocks):
        inside = given.get(one.block_id) if isinstance(given, dict) else None
        entry = inside.get(one.action_id) if isinstance(inside, dict) else None
        if isinstance(entry, dict) and one.fits(entry.get(one.key, ...)):
            values[one.block_id][one.action_id] = one.value(entry[one.key])
    return values


Known = Mapping[tuple[str, str], Mapping[str, Json]]


def complaints(blocks: list[Json], values: Values, known: Known) -> dict[str, str]:
    """Return what Slack's own client would refuse to submit: block_id → sentence. `known` holds the options that an
    external select was offered, by value.
    """
    found: dict[str, str] = {}
    for one in fields(blocks):
        if one.block.get("type") == "input":
            text = _complaint(one, one.content(values), set(known.get((one.block_id, one.action_id), ())))
            if text:
                found[one.block_id] = text
    return found


def _complaint(one: Field, content: Any, known: set[str]) -> str | None:
    if not content:
        return None if one.block.get("optional") else REQUIRED
    if one.key == "value":
        return _length(one.element, str(content))
    return _choice(one, content, known)


def strange(one: Field, entry: Json, known: Known) -> str | None:
    """Return a sentence if the entry picks what this select hasn't offered."""
    content = entry.get(one.key)
    if not one.fits(content):
        return "Please choose from the list."
    return _choice(one, content, set(known.get((one.block_id, one.action_id), ()))) if content else None


def _length(element: Json, content: str) -> str | None:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if len(content) < low:
        return f"Please enter at least {low} characters."
    return f"Please enter at most {high} characters." if len(content) > high else None


def _choice(one: Field, content: Any, known: set[str]) -> str | None:
    if not one.key.startswith("selected_option"):
        return None
    chosen = content if one.several else [content]
    most = one.element.get("max_selected_items")
    if most and len(chosen) > most:
        return f"Please choose at most {most}."
    first = one.element.get(KEYS.get(one.element["type"], ("", ""))[1])
    usual = elements.offered(one.element) + ([] if not first else first if one.several else [first])
    allowed = known | {option["value"] for option in usual}
    strange = [option for option in chosen if str(option.get("value")) not in allowed]
    return "Please choose from the list." if strange else None

"""Draws forms for Teams as Adaptive Cards that keep what was typed, and reads them back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, assert_never

from bot.chats.desk import MORE, OTHERS
from bot.chats.wording import LEAST, cut_text, largest_fitting
from bot.teams import render
from bot.teams.render import Element, Pen
from handlers.cards import Choice, Day, Field, Filled, Long, Lookup, Option, Sheet, Short, Sign
from storage.columns import storable_text

Answers = Mapping[str, str | Sequence[str]]

OURS = frozenset({"verb", "form", "about", "value", "aside", "sought", "intro", "drawn", "kept"})
"""Names that travel beside the answers, so no field may have one of them."""
SEND, CANCEL = "send", "cancel"
# Results of a search (a typeahead's list shows no more: learn.microsoft.com, Typeahead search in Adaptive Cards) and
# options of a list; characters of an option's title and of its value, which is an id.
_FOUND, _OPTIONS, _OPTION, _ID = 15, 100, 150, 64
_ASIDE, _WORDS = 8, 1000  # fields that a form carries without showing them, and the characters of each
_INTRO = 2000  # characters that a form which is redrawn carries of what is above its fields
_KEPT, _KEPT_BEFORE = (
    "Chosen so far, and kept unless you choose others",
    "Chosen before. Choose again if it is missing above",
)
_SHORTENED = "This was too long to keep in full. Please check what you typed before you send it."


def draw_form(
    sheet: Sheet,
    *,
    values: Answers | None = None,
    problems: Mapping[str, str] | None = None,
    offered: Mapping[str, Sequence[Option]] | None = None,
    dialog: bool = False,
) -> Element:
    """Return a form as a card in the chat, or as the content of a `dialog`, which has a title and a way out of its own.

    Nothing typed is cut unless the card would be too large for Teams, and then the form says so. Values of fields that
    aren't shown are carried along until they are. Names, sources, `about` and the values of options are sent as they are:
    64 characters at most.
    """
    filled = Filled(values or {}, problems or {}, offered or {})
    draw = partial(_draw_within, sheet, filled, Pen("", "", dialog))

    def fits(*caps: int) -> bool:
        return render.json_size(draw(*caps)) <= render.CARD

    # What was typed is shortened first, then other texts, then lists, each only as far as the card is still too large.
    typed = largest_fitting(lambda cap: fits(cap, render.TEXT, _OPTIONS), LEAST, render.TEXT)
    most = largest_fitting(lambda cap: fits(typed, cap, _OPTIONS), LEAST, render.TEXT)
    return draw(typed, most, largest_fitting(lambda count: fits(typed, most, count), 1, _OPTIONS))


def draw_options(found: Sequence[Option]) -> list[Element]:
    """Return the choices of a list, also as the answer to a typeahead's application/search."""
    return [
        {"title": render.without_markdown(_option_label(option), _OPTION), "value": option.value}
        for option in found[:_FOUND]
    ]


def read_sent_form(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return which form came back, and what it is about."""
    return str(data.get("form") or ""), str(data.get("about") or "")


def restore_choices(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data with what was chosen before in lists that came back empty: phones lose that when a form is redrawn."""
    sent = data.get("kept")
    chosen = {name: one for name, one in (sent if isinstance(sent, dict) else {}).items() if isinstance(one, str)}
    return {**data, **{name: one for name, one in chosen.items() if name not in OURS and not data.get(name)}}


def read_opening(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what the form was opened to look for, and the text above its fields then."""
    sought, intro = (data.get(name) for name in ("sought", "intro"))
    return sought if isinstance(sought, str) else "", intro if isinstance(intro, str) else ""


def drawn_fields(data: Mapping[str, Any], sheet: Sheet) -> set[str]:
    """Return the names of the fields that the person saw, of all that the form can have."""
    listed = data.get("drawn")
    if isinstance(listed, str) and listed:  # forms that may be sent half empty carry the list
        return set(listed.split(","))
    # In others a required field that is empty wasn't there: clients send none without it.
    return {field.name for field in sheet.fields if field.optional or data.get(field.name)}


def typed_values(data: Mapping[str, Any]) -> dict[str, str]:
    """Return all that was typed, by field name, before it's known which fields the form has.

    Values that the form carried for fields it doesn't show are included.
    """
    carried = data.get("aside")
    sent = {**(carried if isinstance(carried, dict) else {}), **data}
    return {name: one for name, one in sent.items() if isinstance(one, str) and name not in OURS}


def has_unknown_fields(data: Mapping[str, Any], sheet: Sheet) -> bool:
    """Return True if the person filled in a field that this form doesn't have."""
    known = {field.name for field in sheet.fields} | OURS
    return any(isinstance(one, str) and one for name, one in data.items() if name not in known)


def read_answers(data: Mapping[str, Any], sheet: Sheet) -> dict[str, str | list[str]]:
    """Return what was filled in, by field name; an empty field is "" or []."""
    return {field.name: _read_answer(field, str(data.get(field.name) or "")) for field in sheet.fields}


def _read_answer(field: Field, typed: str) -> str | list[str]:
    return [one for one in typed.split(",") if one] if isinstance(field, Lookup) else typed


def _draw_within(sheet: Sheet, filled: Filled, pen: Pen, typed: int, most: int, count: int) -> Element:
    """Return the form with values cut to `typed` units, other texts to `most`, and lists to `count` choices."""
    pen = Pen(pen.zone, pen.about, pen.dialog, most)
    body: list[Element] = [] if pen.dialog else [render.heading_block(pen.plain(sheet.title, render.HEADER), "large")]
    body += [pen.text(sheet.intro)] if sheet.intro else []
    known = {field.name for field in sheet.fields}
    above = (words for name, words in filled.problems.items() if name not in known)
    body += [pen.text(words) if words in (OTHERS, MORE) else _draw_problem(words, pen) for words in above]
    for field in sheet.fields:
        # A client blocks every button that sends the fields along while a required one is empty.
        body += _draw_field(field, filled, pen, typed, count, required=not (field.optional or sheet.half))
    kept = {one.name: ",".join(_chosen_before(one, filled, count)) for one in sheet.fields if _keeps_empty_choice(one)}
    return render.adaptive_card(
        body, sheet.title, actions=_form_actions(sheet, pen, _values_not_shown(filled.values, known), kept)
    )


def _values_not_shown(values: Answers, shown: Collection[str]) -> dict[str, str]:
    """Return values to carry along for fields that the form doesn't show now, as far as there is room."""
    hidden = {name: one if isinstance(one, str) else ",".join(one) for name, one in values.items() if name not in shown}
    fitting = ((name, one) for name, one in hidden.items() if one and len(one) <= _WORDS and len(name) <= _ID)
    return dict(islice(fitting, _ASIDE))


def _keeps_empty_choice(field: Field) -> bool:
    """Return True if an empty list means what was chosen before; an optional one may have been emptied on purpose."""
    return isinstance(field, Lookup) and not field.optional


def _chosen_before(field: Field, filled: Filled, count: int) -> list[str]:
    """Return what was chosen in a list; values too long to be one of our ids are dropped."""
    values = filled.values.get(field.name, "") if isinstance(field, Lookup) else ""
    chosen = dict.fromkeys([values] if isinstance(values, str) else values)
    most = field.most if isinstance(field, Lookup) else 0
    return [value for value in chosen if 0 < len(value) <= _ID][: min(most, count)]


def _form_actions(sheet: Sheet, pen: Pen, aside: Mapping[str, str], kept: Mapping[str, str]) -> list[Element]:
    """Return Send and Cancel, with what comes back beside the answers when one is pressed.

    `aside` are values of fields that aren't shown, `kept` the earlier choices of lists.
    """
    intro = cut_text(sheet.intro, min(_INTRO, pen.most)) if sheet.redraws else ""
    more = {"aside": dict(aside), "sought": sheet.sought, "intro": intro}
    more |= {"drawn": ",".join(field.name for field in sheet.fields) if sheet.half else ""}
    more |= {"kept": {name: one for name, one in kept.items() if one}}
    data = {"form": sheet.name, "about": sheet.about, **{name: one for name, one in more.items() if one}}
    send = pen.press(SEND, pen.plain(sheet.send, 75), data, style="positive")
    # Without this a field left empty would keep people from leaving the form.
    cancel = pen.press(CANCEL, "Cancel", data, associatedInputs="none")
    return [send] if pen.dialog else [send, cancel]


def _draw_field(field: Field, filled: Filled, pen: Pen, typed: int, count: int, *, required: bool) -> Iterator[Element]:
    """Yield a field with its problem, its earlier choices and its help."""
    value, chosen = filled.values.get(field.name, ""), _chosen_before(field, filled, count)
    element: Element = {
        "id": field.name,
        "label": pen.plain(f"{field.label}{' (optional)' if field.optional else ''}", render.HEADER),
        "isRequired": required and not chosen,
        "errorMessage": _missing_text(field),
        **_draw_input(field, value, chosen, filled.offered.get(field.name, ()), pen, typed, count),
    }
    yield element
    if field.name in filled.problems:
        yield _draw_problem(filled.problems[field.name], pen)
    if chosen:
        named = {option.value: option for option in filled.offered.get(field.name, ())}
        labels = "; ".join(_option_label(named.get(one, Option(one, one))) for one in chosen)
        words = f"{_KEPT if _keeps_empty_choice(field) else _KEPT_BEFORE}: {labels}"
        yield {**pen.text(words, size="small"), "spacing": "small"}
    if isinstance(field, Short | Long) and element.get("value", "") != _value_to_keep(value, render.TEXT):
        yield _draw_problem(_SHORTENED, pen)
    if help_words := _help_text(field):
        yield {**pen.text(help_words, size="small", isSubtle=True), "spacing": "small"}


def _draw_input(
    field: Field, value: str | Sequence[str], chosen: Sequence[str], offered: Sequence[Option], pen: Pen, typed: int,
    count: int,
) -> Element:  # fmt: skip
    """Return what is special to the field's kind: its input, with a `value` only if it has one."""
    match field:
        case Choice():
            block = _draw_choice(field, str(value or field.initial), pen, count)
        case Lookup():
            block = _draw_lookup(field, chosen, offered, pen, count)
        case Short() | Long():
            block = _draw_text_input(field, _value_to_keep(value, typed), pen)
        case Day():
            block = {"type": "Input.Date", "value": _valid_day(str(value))}
        case _:
            assert_never(field)
    return block if block.get("value") else {key: one for key, one in block.items() if key != "value"}


def _draw_choice(field: Choice, value: str, pen: Pen, count: int) -> Element:
    offered = [_draw_option(option, pen) for option in field.options[:count]]
    chosen = value if value in {option["value"] for option in offered} else ""
    look: Element = {"type": "Input.ChoiceSet", "style": "compact", "placeholder": "Choose one"}
    return {**look, "choices": offered, "value": chosen}


def _draw_lookup(field: Lookup, chosen: Sequence[str], offered: Sequence[Option], pen: Pen, count: int) -> Element:
    """Draw a list that searches while the person types; Teams asks for the choices by application/search."""
    named = {option.value: option for option in offered}
    listed = [*dict.fromkeys((*chosen, *list(named)[:_FOUND]))][:count]
    return {
        "type": "Input.ChoiceSet",
        "style": "filtered",
        "isMultiSelect": field.most > 1,
        "choices": [_draw_option(named.get(value, Option(value, value)), pen) for value in listed],
        "choices.data": {"type": "Data.Query", "dataset": field.source},
        "value": ",".join(chosen),
        **_placeholder_of(field.placeholder, pen),
    }


def _draw_text_input(field: Short | Long, value: str, pen: Pen) -> Element:
    return {
        "type": "Input.Text",
        "isMultiline": isinstance(field, Long),
        "maxLength": min(field.most, render.TEXT),
        "value": value,
        **_placeholder_of(field.placeholder, pen),
    }


def _valid_day(value: str) -> str:
    """Return the day if it's a valid one, else an empty string."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return ""


def _value_to_keep(value: str | Sequence[str], most: int) -> str:
    """Return what was typed in at most `most` units, without characters that no database stores."""
    typed = storable_text(value if isinstance(value, str) else ", ".join(value))
    return cut_text(typed, most) if typed else ""


def _placeholder_of(words: str, pen: Pen) -> Element:
    return {"placeholder": pen.plain(words, _OPTION)} if words else {}


def _draw_option(option: Option, pen: Pen) -> Element:
    return {"title": render.without_markdown(_option_label(option), min(_OPTION, pen.most)), "value": option.value}


def _option_label(option: Option) -> str:
    return f"{option.label} · {option.small}" if option.small else option.label


def _help_text(field: Field) -> str:
    """Return a field's help, which also says if a choice adds fields, since clients redraw nothing before sending."""
    more = f"Choose up to {field.most}." if isinstance(field, Lookup) and field.most > 1 else ""
    if isinstance(field, Choice) and field.redraws:
        more = "Some choices need more details before anything is sent."
    return f"{field.help} {more}".strip()


def _missing_text(field: Field) -> str:
    """Return what the client says beneath a required field that is empty."""
    match field:
        case Choice():
            return "Please choose one."
        case Lookup():
            return "Please choose at least one."
        case Short() | Long():
            return "Please fill this in."
        case Day():
            return "Please choose a day."
        case _:
            assert_never(field)


def _draw_problem(words: str, pen: Pen) -> Element:
    """Draw a problem in colour and with a sign, for people who don't see colours."""
    shown = render.plain_words(f"{Sign.ALARM} {words}", pen.zone, min(500, pen.most))
    return {**pen.text(shown, color="attention", weight="bolder"), "spacing": "small"}


def derived_where_empty(derived: Mapping[str, str], filled: Filled) -> dict[str, str]:
    """Return those of the values that the bot fills in by itself whose fields the person left empty, by name."""
    return {name: value for name, value in derived.items() if not filled.values.get(name)}

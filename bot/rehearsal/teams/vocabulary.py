"""The words of Adaptive Cards 1.5 and what Teams adds to them: types, their properties, enumerations.

Source: adaptivecards.io/schemas/1.5.0/adaptive-card.json; typeahead from learn.microsoft.com, dynamic-search.
"""

from __future__ import annotations

from collections.abc import Mapping

Properties = Mapping[str, tuple[str, bool]]  # name → (kind, required)


def _read(*lines: str) -> Properties:
    """`name:kind!` for a required property; without a kind it is a string."""
    found: dict[str, tuple[str, bool]] = {}
    for word in " ".join(lines).split():
        name, _, kind = word.rstrip("!").partition(":")
        found[name] = (kind or "string", word.endswith("!"))
    return found


ITEM = "id height:Height separator:boolean spacing:Spacing isVisible:boolean requires:object fallback:ElementFallback"
INPUT = f"{ITEM} id! label errorMessage isRequired:boolean"
ACTION = (
    "title iconUrl id style:ActionStyle fallback:ActionFallback tooltip isEnabled:boolean mode:Mode requires:object"
)
BOX = (
    "selectAction:Select style:ContainerStyle verticalContentAlignment:Vertical bleed:boolean minHeight "
    "backgroundImage:Background rtl:boolean"
)
FONT = "color:Colour fontType:FontType isSubtle:boolean size:FontSize weight:Weight"

ELEMENTS: Mapping[str, Properties] = {
    "ActionSet": _read(ITEM, "actions:[Action]!"),
    "ColumnSet": _read(ITEM, BOX, "columns:[Column] horizontalAlignment:Horizontal"),
    "Container": _read(ITEM, BOX, "items:[Element]!"),
    "FactSet": _read(ITEM, "facts:[Fact]!"),
    "Image": _read(
        ITEM, "url! altText backgroundColor height:text|number horizontalAlignment:Horizontal",
        "selectAction:Select size:ImageSize style:ImageStyle width msteams:object",
    ),
    "ImageSet": _read(ITEM, "images:[Element]! imageSize:ImageSize"),
    "Media": _read(ITEM, "sources:[Source]! poster altText"),
    "RichTextBlock": _read(ITEM, "inlines:[Run]! horizontalAlignment:Horizontal"),
    "Table": _read(
        ITEM, "columns:[TableColumn] rows:[TableRow] firstRowAsHeader:boolean showGridLines:boolean",
        "gridStyle:ContainerStyle horizontalCellContentAlignment:Horizontal",
        "verticalCellContentAlignment:Vertical",
    ),
    "TextBlock": _read(
        ITEM, FONT, "text! horizontalAlignment:Horizontal maxLines:number wrap:boolean style:TextStyle"
    ),
    "Input.ChoiceSet": _read(
        INPUT, "choices:[Choice] choices.data:Query isMultiSelect:boolean style:ChoiceStyle value placeholder wrap:boolean"
    ),
    "Input.Date": _read(INPUT, "max min placeholder value"),
    "Input.Number": _read(INPUT, "max:number min:number placeholder value:number"),
    "Input.Text": _read(
        INPUT, "isMultiline:boolean maxLength:number placeholder regex style:InputStyle inlineAction:Select value"
    ),
    "Input.Time": _read(INPUT, "max min placeholder value"),
    "Input.Toggle": _read(INPUT, "title! value valueOff valueOn wrap:boolean"),
}  # fmt: skip
ACTIONS: Mapping[str, Properties] = {
    "Action.Execute": _read(ACTION, "verb data:text|object associatedInputs:Associated"),
    "Action.OpenUrl": _read(ACTION, "url!"),
    "Action.ShowCard": _read(ACTION, "card:ShownCard!"),
    "Action.Submit": _read(ACTION, "data:text|object associatedInputs:Associated"),
    "Action.ToggleVisibility": _read(ACTION, "targetElements:[Target]!"),
}
SELECTABLE = frozenset(ACTIONS) - {"Action.ShowCard"}
CARD = _read(
    "$schema version body:[Element] actions:[Action] selectAction:Select fallbackText backgroundImage:Background",
    "minHeight rtl:boolean speak lang verticalContentAlignment:Vertical refresh:Refresh authentication:object",
    "msteams:object",
)
CELL = _read(BOX, "items:[Element]!")
# kind → (its `type`, its properties)
PARTS: Mapping[str, tuple[str, Properties]] = {
    "ShownCard": ("AdaptiveCard", CARD),
    "Background": (
        "BackgroundImage", _read("url! fillMode:FillMode horizontalAlignment:Horizontal verticalAlignment:Vertical")
    ),
    "Choice": ("Input.Choice", _read("title! value!")),
    "Column": ("Column", _read(ITEM, BOX, "items:[Element] width:text|number fallback:ColumnFallback")),
    "ColumnFallback": ("Column", _read(ITEM, BOX, "items:[Element] width:text|number")),
    "Fact": ("Fact", _read("title! value!")),
    "Query": ("Data.Query", _read("dataset! value count:number skip:number associatedInputs:Associated")),
    "Refresh": ("Refresh", _read("action:Action userIds:[string]")),
    "Run": (
        "TextRun",
        _read(FONT, "text! highlight:boolean italic:boolean strikethrough:boolean underline:boolean selectAction:Select"),
    ),
    "Source": ("MediaSource", _read("mimeType! url!")),
    "TableColumn": (
        "TableColumnDefinition",
        _read(
            "width:text|number horizontalCellContentAlignment:Horizontal verticalCellContentAlignment:Vertical"
        ),
    ),
    "TableRow": (
        "TableRow",
        _read(
            "cells:[Cell] style:ContainerStyle horizontalCellContentAlignment:Horizontal",
            "verticalCellContentAlignment:Vertical",
        ),
    ),
    "Cell": ("TableCell", CELL),
    "Target": ("TargetElement", _read("elementId! isVisible:boolean")),
}  # fmt: skip


def _words(*words: str) -> frozenset[str]:
    return frozenset(word.lower() for word in " ".join(words).split())


ENUMS: Mapping[str, frozenset[str]] = {
    "ActionStyle": _words("default positive destructive"),
    "Associated": _words("auto none"),
    "ChoiceStyle": _words("compact expanded filtered"),
    "Colour": _words("default dark light accent good warning attention"),
    "ContainerStyle": _words("default emphasis good attention warning accent"),
    "FillMode": _words("cover repeat repeatHorizontally repeatVertically"),
    "FontSize": _words("default small medium large extraLarge"),
    "FontType": _words("default monospace"),
    "Height": _words("auto stretch"),
    "Horizontal": _words("left center right"),
    "ImageSize": _words("auto stretch small medium large"),
    "ImageStyle": _words("default person"),
    "InputStyle": _words("text tel url email password"),
    "Mode": _words("primary secondary"),
    "Spacing": _words("default none small medium large extraLarge padding"),
    "TextStyle": _words("default heading"),
    "Vertical": _words("top center bottom"),
    "Weight": _words("default lighter bolder"),
}

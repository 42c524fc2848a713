"""The fenced blocks of a paper, as a reader would copy them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is what it is written in, `name` the word behind that, empty where there is none."""

    kind: str
    name: str
    text: str


def blocks(paper: str) -> list[Block]:
    """All of `docs/<paper>`, in their order; those that stand in a list are moved to the left."""
    text = (ROOT / "docs" / paper).read_text(encoding="utf-8")
    found = re.findall(r"^( *)```(\w+)(?: ([\w.-]+))?\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [
        Block(kind, name, re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)) for indent, kind, name, body in found
    ]


def block(paper: str, name: str) -> str:
    """The text of the one block of that name."""
    [found] = [one.text for one in blocks(paper) if one.name == name]
    return found

"""The fenced blocks of a paper, as a reader would copy them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is the block's language, `name` the word after that, or empty."""

    kind: str
    name: str
    text: str


def blocks(paper: str) -> list[Block]:
    """Return all blocks of `docs/<paper>`, in order; those in a list are moved to the left."""
    text = (ROOT / "docs" / paper).read_text(encoding="utf-8")
    found = re.findall(r"^( *)```(\w+)(?: ([\w.-]+))?\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [
        Block(kind, name, re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)) for indent, kind, name, body in found
    ]


def block(paper: str, name: str) -> str:
    """Return the text of the one block of that name."""
    [found] = [one.text for one in blocks(paper) if one.name == name]
    return found

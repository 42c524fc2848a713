"""A letter to somebody outside, said once: what stands in it, in no mail's shapes (P8)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it is said. Whatever stands in it is literal, so no markup comes to life; a paragraph may have several lines.

    `link` is an address to press, and `link_label` what the button says; `facts` are pairs of a name and what stands for it, below
    the paragraphs; `small` are the sentences at the end. Raises ValueError for a link that is no web address, or a link or a
    label without the other.
    """

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    link: str = ""
    link_label: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    small: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.link and not re.fullmatch(r"https?://[!-;=?-~]+", self.link):
            raise ValueError("a link in a letter is a web address")
        if bool(self.link) != bool(self.link_label.strip()):
            raise ValueError("a link has a label, and a label a link")

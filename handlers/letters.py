"""A letter to somebody outside, said once: what stands in it, in no mail's shapes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it is said; whatever stands in it is literal, and no markup comes to life.

    `link` is an address to press, `label` what the button says; `facts` are pairs of label and value; `small` stands at the end.
    """

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    link: str = ""
    link_label: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    small: tuple[str, ...] = ()

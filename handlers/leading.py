"""What words of one's own lead to: a form, a page, or the way to a confidential report; both chat platforms read it from the desk."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.cards import Page
from handlers.room import Told


@dataclass(frozen=True, slots=True)
class Opened:
    """A form by its name, filled in for what was written; blank without `sought`."""

    form: str
    sought: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """The page of one of `Shows`, by its button and that button's value, for this person."""

    button: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """A page from the policy alone, about some words."""

    page: Told
    about: str = ""


@dataclass(frozen=True, slots=True)
class InConfidence:
    """A private form by its name, and a page with its button; the words are neither kept nor said again (P13)."""

    form: str
    page: Page


Lead = Opened | Read | Say | InConfidence

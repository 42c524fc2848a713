"""The form by which a recording is kept although the customer declined (P5)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from handlers.cards import Option
from handlers.forms import Form, OneOf
from handlers.policy.values import Text
from handlers.rules.declined import KEPT


class KeepForm(Form):
    """Why what was recorded is not erased."""

    name: ClassVar[str] = "declined_keep"
    title: ClassVar[str] = "Keep this recording"
    send: ClassVar[str] = "Keep"
    reason: Annotated[
        Text,
        OneOf(
            "Why is it kept?",
            lambda _: tuple(Option(name, words) for name, words in KEPT.items()),
            help="It stands on the card. Staff may ask for the call again, as for any other.",
        ),
    ]

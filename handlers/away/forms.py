"""The form in which somebody says when he or she is away; its words stand here and nowhere else."""

from __future__ import annotations

from typing import Annotated, ClassVar

from handlers.forms import Date, Form, OnDay


class AwayForm(Form):
    """The first and the last day of an absence."""

    name: ClassVar[str] = "away"
    title: ClassVar[str] = "I'm away"
    send: ClassVar[str] = "Save"
    intro: ClassVar[str] = (
        "While you are away, what waits for you goes to your deputy, or else to whoever comes next. You can come back early."
    )
    first: Annotated[Date, OnDay("First day", help="Left empty, it is today.", filled=True)]
    last: Annotated[
        Date,
        OnDay("Last day", help="The last day on which you are away.", missing="Please choose the last day."),
    ]

"""Models and readers whose errors say where something is wrong, and never what was given: a trace of one reaches the log (P7, P13)."""

from __future__ import annotations

from typing import Any, NewType

from pydantic import BaseModel, ConfigDict, TypeAdapter

UNSEEN = ConfigDict(hide_input_in_errors=True)
_BY_ANOTHER_NAME: Any = NewType  # type checkers know it in declarations only


class Unseen(BaseModel):
    """What is kept sealed, or came from somebody."""

    model_config = UNSEEN


def unseen_adapter(kind: object) -> TypeAdapter[Any]:
    """Reads and writes what is of a kind: a dataclass, or one of several."""
    # What a dataclass says of its errors pydantic passes over, and takes no word beside it; of one by another name it does.
    return TypeAdapter(_BY_ANOTHER_NAME("Kept", kind), config=UNSEEN)

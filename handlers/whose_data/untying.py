"""The mark of what an investigation is about goes once it hides nothing any more, and everybody's words of it have gone (P11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from handlers.acting import Act, Done, Intent
from handlers.whose_data.gathering import inquiries
from storage.whose_data import Marked


@dataclass(frozen=True)
class Untie(Intent[None]):
    """The clock: what was known of a matter only to hide its investigations is forgotten with the last of them."""

    action: ClassVar[str] = "whose_data.untie"
    clause: ClassVar[str] = "P11"


def untie(act: Act, intent: Untie) -> Done[None]:
    """P11: all that are about one matter at once. While one of them is hidden, each may be why, and none is untied."""
    alike: dict[str, list[Marked]] = {}
    for one in act.store.whose_data.marked():
        alike.setdefault(one.about, []).append(one)
    over = [those for those in alike.values() if all(one.erased for one in those)]
    hidden = inquiries(act).hidden if over else ()
    act.store.whose_data.unmark(_ids(those for those in over if not any(one.id in hidden for one in those)))
    return Done(None, quiet=True)


def _ids(groups: Iterable[list[Marked]]) -> list[str]:
    return [one.id for one in chain.from_iterable(groups)]

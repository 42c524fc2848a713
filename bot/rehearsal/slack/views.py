"""The views people have open: a stack of modals and a Home tab each, with hash and typed values."""

import secrets
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.rehearsal.slack import blockkit, limits
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.state import Values, brought, carried, filled


def _fresh(length: int = 5) -> str:
    return secrets.token_urlsafe(length)[:length].replace("-", "a").replace("_", "b")


def dressed(blocks: list[Any]) -> list[Json]:
    """Return a copy with the block_id and action_id that Slack adds if the app gave none."""
    copies = deepcopy(blocks)
    for block in copies:
        block.setdefault("block_id", _fresh())
        for element in blockkit.elements_of(block):
            if element.get("type") != "image":
                element.setdefault("action_id", _fresh())
    return copies


@dataclass(slots=True)
class View:
    """One open view; `body` is the view object without its state, `seat` the browser that shows a modal."""

    body: Json
    owner: str
    seat: str = ""
    values: Values = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.body["id"])

    def full(self) -> Json:
        """Return the view object as interaction payloads carry it, with state."""
        return deepcopy({**self.body, "state": {"values": self.values}})

    def answered(self) -> Json:
        """Return the view object as views.* return it: Slack leaves the state out."""
        return deepcopy({**self.body, "state": {"values": {}}})

    def fill(self, given: Values) -> None:
        self.values = filled(self.body["blocks"], self.values, given)


class Views:
    """Opens, changes and closes views as views.* does; raises SlackError with Slack's codes.

    `offered` has what each person may choose in an external select, by block and action, then by value: what it was
    offered, and what a view brought chosen, which stays a choice after an update that no longer names it.
    """

    def __init__(self, identity: Json, now: Callable[[], datetime]) -> None:
        self._identity = identity
        self._now = now
        self.stacks: dict[tuple[str, str], list[View]] = {}
        self.homes: dict[str, View] = {}
        self.offered: dict[str, dict[tuple[str, str], dict[str, Json]]] = {}

    def stack(self, person: str, seat: str = "") -> list[View]:
        """Return a person's modals in one browser, the lowest first."""
        return self.stacks.setdefault((person, seat), [])

    def top(self, person: str, seat: str = "") -> View | None:
        stack = self.stacks.get((person, seat))
        return stack[-1] if stack else None

    def by_id(self, view_id: str) -> View | None:
        return next((view for view in self._all() if view.id == view_id), None)

    def open(self, person: str, view: Json, seat: str = "") -> View:
        blockkit.check_view(view, "modal")
        self.stacks[person, seat] = [self._made(person, view, [], seat)]
        return self.stacks[person, seat][0]

    def check_push(self, person: str, view: Json, seat: str = "") -> None:
        blockkit.check_view(view, "modal")
        stack = self.stacks.get((person, seat)) or []
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= limits.VIEW_STACK_MAX_DEPTH:
            raise SlackError("push_limit_reached")

    def push(self, person: str, view: Json, seat: str = "") -> View:
        self.check_push(person, view, seat)
        stack = self.stacks[person, seat]
        stack.append(self._made(person, view, stack, seat))
        return stack[-1]

    def update(self, view_id: str, view: Json, hash_: str) -> View:
        found = self.by_id(view_id)
        if found is None:
            raise SlackError("not_found")
        blockkit.check_view(view, found.body["type"])
        _expect(found, hash_)
        return self.replace(found, view)

    def publish(self, person: str, view: Json, hash_: str) -> View:
        blockkit.check_view(view, "home")
        found = self.homes.get(person)
        if found is None:
            self.homes[person] = self._made(person, view, [])
            return self.homes[person]
        _expect(found, hash_)
        return self.replace(found, view)

    def replace(self, found: View, view: Json) -> View:
        """Put new content into an open view; typed values stay if block and action stay."""
        kept = {name: found.body[name] for name in ("id", "root_view_id", "previous_view_id")}
        found.body = self._body(view) | kept
        found.values = carried(found.body["blocks"], found.values)
        self._remember(found)
        return found

    def close(self, view: View, *, everything: bool = False) -> None:
        stack = self.stacks.get((view.owner, view.seat), [])
        if everything:
            stack.clear()
        elif view in stack:
            stack.remove(view)

    def offer(self, person: str, ids: tuple[str, str], options: list[Json]) -> None:
        """`ids` is (block_id, action_id)."""
        known = self.offered.setdefault(person, {}).setdefault(ids, {})
        known |= {option["value"]: option for option in options}

    def _all(self) -> Iterator[View]:
        yield from self.homes.values()
        for stack in self.stacks.values():
            yield from stack

    def _made(self, person: str, view: Json, below: list[View], seat: str = "") -> View:
        name = "V" + secrets.token_hex(5).upper()
        place = {
            "id": name,
            "root_view_id": below[0].id if below else name,
            "previous_view_id": below[-1].id if below else None,
        }
        body = self._body(view) | place
        made = View(body, person, seat, carried(body["blocks"], {}))
        self._remember(made)
        return made

    def _remember(self, view: View) -> None:
        for ids, options in brought(view.body["blocks"]):
            self.offer(view.owner, ids, options)

    def _body(self, view: Json) -> Json:
        empty: Json = {"title": None, "close": None, "submit": None}
        names: Json = {"private_metadata": "", "callback_id": ""}
        stamp = f"{int(self._now().timestamp())}.{secrets.token_hex(4)}"
        own = {"blocks": dressed(view["blocks"]), "hash": stamp}
        return {**empty, **names, **deepcopy(view), **self._identity, **own}


def _expect(view: View, hash_: str) -> None:
    if hash_ and hash_ != view.body["hash"]:
        raise SlackError("hash_conflict")

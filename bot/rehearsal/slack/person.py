"""A person for tests to act as, who finds buttons and form fields by their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.rehearsal.slack import blockkit, doings, elements
from bot.rehearsal.slack.conversations import Message
from bot.rehearsal.slack.doings import Outcome
from bot.rehearsal.slack.payloads import Place
from bot.rehearsal.slack.people import Json
from bot.rehearsal.slack.state import KEYS, Field, Values, fields
from bot.rehearsal.slack.views import View

if TYPE_CHECKING:
    from bot.rehearsal.slack.workspace import Workspace

Where = Message | str


class Person:
    """Acts through the same signed requests as the page. Raises LookupError for what isn't on the screen."""

    def __init__(self, workspace: Workspace, uid: str) -> None:
        self.workspace = workspace
        self.id = workspace.member(uid).id

    @property
    def dm(self) -> list[Message]:
        return self.workspace.dm(self.id)

    @property
    def modal(self) -> Json | None:
        """Return the topmost modal with its state."""
        view = self.workspace.modal(self.id)
        return view.full() if view else None

    @property
    def home(self) -> Json | None:
        view = self.workspace.home(self.id)
        return view.full() if view else None

    def messages(self, channel: str) -> list[Message]:
        return self.workspace.seen(self.id, channel)

    async def command(self, line: str, channel: str = "") -> Outcome:
        """Type e.g. "/recording-request", to the app by default, or in the first channel if the app accepts no
        messages.
        """
        return await doings.command(self.workspace, self.id, line, channel or self._open_place())

    async def say(self, text: str, channel: str = "") -> Outcome:
        return await doings.say(self.workspace, self.id, channel or self._app(), text)

    async def press(self, where: Where, what: str, choice: Any = None, *, which: int = 0) -> Outcome:
        """Press the button, or pick `choice` in the element, with `what` as its action_id or text. `where` is a message
        (as it was read, so also an outdated one), "modal" or "home"; `which` counts from 0 if several have the same
        text.
        """
        block, element = _find(self._shown(where), what, which)
        chosen: Json = {}
        if element["type"] != "button":
            chosen = self._entry(block, element, choice)
        ids = block["block_id"], element["action_id"]
        return await doings.press(self.workspace, self.id, self._place(where), ids, chosen)

    def link(self, where: Where, what: str, *, which: int = 0) -> str:
        """Return the address that the button opens."""
        return str(_find(self._shown(where), what, which)[1]["url"])

    def fill(self, values: Mapping[str, Any]) -> None:
        """Fill in some fields of the topmost modal, as `submit` does, without sending."""
        view = self._view("modal")
        view.fill(self._values(view, values))

    async def submit(self, values: Mapping[str, Any] | None = None) -> Outcome:
        """Fill in the topmost modal and submit it. Keys are block_ids, action_ids or labels; values are text, option
        values or texts (a list for several), dates, or whole options. Options of an external select must have been
        offered.
        """
        view = self._view("modal")
        return await doings.submit(self.workspace, self.id, view.id, self._values(view, values or {}))

    async def options(self, what: str, typed: str = "", where: Where = "modal") -> list[Json]:
        """Type into the external select `what` (action_id or label), and return what it offers."""
        block, element = _find(self._shown(where), what)
        ids = block["block_id"], element["action_id"]
        answer = await doings.options(self.workspace, self.id, self._place(where), ids, typed)
        return elements.offered(answer)

    async def close(self, *, everything: bool = False) -> Outcome:
        view = self._view("modal")
        return await doings.close(self.workspace, self.id, view.id, everything=everything)

    async def open_home(self) -> Json | None:
        """Open the Home tab, and return the view that is shown then."""
        await doings.open_home(self.workspace, self.id)
        return self.home

    def _open_place(self) -> str:
        channels = self.workspace.talk.channels.values() if self.workspace.read_only else ()
        return next((one.id for one in channels if self.id in one.members), self._app())

    def _app(self) -> str:
        return self.workspace.talk.open_dm(self.id)

    def _view(self, name: str) -> View:
        found = self.workspace.home(self.id) if name == "home" else self.workspace.modal(self.id)
        if found is None:
            raise LookupError(f"{self.id} has no {name} open")
        return found

    def _shown(self, where: Where) -> list[Json]:
        if isinstance(where, Message):
            return where.blocks or []
        blocks: list[Json] = self._view(where).body["blocks"]
        return blocks

    def _place(self, where: Where) -> Place:
        """Return the live message or view; a message that is gone is still pressed as it was read."""
        if isinstance(where, str):
            return self._view(where)
        return self.workspace.talk.find(where.channel, where.ts) or where

    def _values(self, view: View, given: Mapping[str, Any]) -> Values:
        values: Values = {}
        for name, answer in given.items():
            one = _field(view.body["blocks"], name)
            entry = self._entry(one.block, one.element, answer)
            values.setdefault(one.block_id, {})[one.action_id] = entry
        return values

    def _entry(self, block: Json, element: Json, answer: Any) -> Json:
        key = KEYS.get(element["type"], ("selected_option", ""))[0]
        ids = block["block_id"], element["action_id"]
        known = self.workspace.views.offered.get(self.id, {}).get(ids, {})
        choices = [*elements.offered(element), *known.values()]
        return {"type": element["type"], key: _content(key, answer, choices)}


def _content(key: str, answer: Any, choices: list[Json]) -> Any:
    if answer is None:
        return None
    if key == "selected_option":
        return _choice(choices, answer)
    if key == "selected_options":
        return [_choice(choices, one) for one in answer]
    return answer.isoformat() if isinstance(answer, date) else answer


def _choice(choices: list[Json], answer: Any) -> Json:
    if isinstance(answer, dict):
        return answer
    for option in choices:
        if answer in (option["value"], option["text"]["text"]):
            return option
    raise LookupError(f"{answer!r} is not offered; there is {[option['value'] for option in choices]}")


def _find(blocks: list[Json], what: str, which: int = 0) -> tuple[Json, Json]:
    """Return the element with this action_id or text, and its block."""
    all_ = [(block, element) for block in blocks for element in blockkit.elements_of(block)]
    found = [(block, element) for block, element in all_ if what in _names(block, element)]
    if len(found) <= which:
        there = [name for block, element in all_ for name in _names(block, element)]
        raise LookupError(f"{what!r} is not on the screen; there is {there}")
    return found[which]


def _names(block: Json, element: Json) -> Iterator[str]:
    if "action_id" in element:
        yield element["action_id"]
    for part in (element.get("text"), block.get("label")):
        if isinstance(part, dict):
            yield part["text"]


def _field(blocks: list[Json], name: str) -> Field:
    there: list[str] = []
    for one in fields(blocks):
        names = {one.block_id, *_names(one.block, one.element)}
        if name in names:
            return one
        there += sorted(names)
    raise LookupError(f"the form has no field {name!r}; there is {there}")

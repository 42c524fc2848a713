"""Forms that come back from Slack, and the typeahead in them: each answered within its 3 seconds."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog

from bot.chats.background import BackgroundTasks
from bot.chats.desk import MORE, NOT_NOW, OTHERS, Desk, note_page
from bot.ports import Unavailable
from bot.slack import render
from bot.slack.aside import LOOKUP, NOTHING, answer_address, split_for_next_form
from bot.slack.chat import SlackChat, draw_view
from handlers import is_private
from handlers.cards import Filled, Option, Page, Sheet
from handlers.matters.showing import DETAILS
from handlers.rules import Refused
from storage.database.store import DatabaseDown

log = structlog.get_logger()
T = TypeVar("T")
Payload = dict[str, Any]  # Slack's own shapes
PATIENCE = 2.3  # seconds: Slack shows an error after 3
FAULT = "Something went wrong on our side ({fault}). Nothing you typed is lost: please try again."
UNKNOWN = "Slack couldn’t tell me who you are. Nothing you typed is lost. Please press the button again in a moment."
NOT_SAVED = "I couldn’t save this just now. Nothing you typed is lost: please press the button again in a moment."
SLOW = "This is taking longer than usual, and may be saved already. You can safely press the button again: it is saved only once."


class Submissions:
    """Handles forms that are sent, and searches in their lists."""

    def __init__(self, chat: SlackChat, desk: Desk, after: BackgroundTasks) -> None:
        self.chat, self.desk, self.after = chat, desk, after

    async def answer(self, body: Payload) -> dict[str, Any]:
        """Return the acknowledgement of a form; for a fault of ours it shows an id that the person can quote. Never raises."""
        try:
            return await self.submit(body)
        except Exception as error:  # noqa: BLE001  whatever it is, the form stays open with all that was typed
            view = body.get("view", {})
            return _on_top(view, self.after.fault(error, FAULT, private=is_private(str(view.get("callback_id")))))

    async def submit(self, body: Payload) -> dict[str, Any]:
        """Return the answer to a form: nothing (it closes), errors at its fields, or another view.

        Raises only for a fault of ours.
        """
        view = body["view"]
        try:
            return await self.after.within(PATIENCE, self._submit_view(view, body["user"]["id"]))
        except Refused as refusal:
            if refusal.fields and set(refusal.fields) <= _drawn_fields(view):
                return render.render_problems(refusal.fields)
            return _on_top(view, str(refusal))
        except (DatabaseDown, Unavailable, TimeoutError) as error:
            log.warning("slack.form_not_saved", why=type(error).__name__)
            return _on_top(view, _why_not(error))

    async def options(self, body: Payload) -> list[Option]:
        """Return what matches the typed words, or else what the form was opened to look for.

        Empty for a person who may not ask, `NOT_NOW` if it takes too long.
        """
        action = str(body.get("action_id") or "")
        typed = str(body.get("value") or "") or _searched_for(body.get("view") or {}, action)
        try:
            source = action.removeprefix(LOOKUP)
            return await self.after.within(PATIENCE, self.desk.find(body["user"]["id"], source, typed))
        except TimeoutError:
            return [NOT_NOW]

    async def _submit_view(self, view: Payload, account: str) -> dict[str, Any]:
        """Send a form to the desk, and return the answer: another view, or nothing, so that the form closes.

        A sentence that the desk returns is told later. Raises as `Desk.submit`.
        """
        answers, about = render.read_answers(view["state"]["values"]), render.read_subject(view)
        name = view["callback_id"]
        key = f"slack:{view['id']}" if is_private(name) else f"slack:{account}:{view['id']}"
        shown = await self.desk.submit(account, name, about, answers, key, _drawn_fields(view))
        if isinstance(shown, Sheet):
            return _update_response(self._next_form(view, shown, answers))
        if isinstance(shown, Page):
            return _replace_view(shown, None if is_private(name) else await self.desk.zone(account))
        if shown and (address := answer_address(view)):
            self.after.later(self._answer_command(address, shown))
        if not view.get("previous_view_id"):
            return {}
        return await self._show_beneath(view["previous_view_id"], account, about)

    async def _show_beneath(self, view_id: str, account: str, matter: str) -> dict[str, Any]:
        """Close the form and redraw the dialog beneath it with the matter as it is now; close all dialogs if there is none."""
        try:
            page, zone = await self.desk.page(account, DETAILS, matter)
        except (Refused, DatabaseDown, Unavailable):  # it is saved, and must not be said not to be
            return {"response_action": "clear"}
        self.after.later(self.chat.update(view_id, page, zone))
        return {}

    async def _answer_command(self, address: str, words: str) -> None:
        """Say beneath the command that opened the form what sending it led to."""
        await self.chat.reply(address, words)

    def _next_form(self, view: Payload, shown: Sheet, answers: Mapping[str, str | list[str]]) -> Mapping[str, object]:
        """Return the form that the answers turn out to need, filled in as before; a private form gets nothing from another."""
        name, ids = view["callback_id"], render.typed_ids(view["state"]["values"])
        if shown.name != name and is_private(shown.name):
            return render.render_modal(shown)
        sheet = self.desk.redrawn(name, answers, *render.read_opening(view))
        values, aside = split_for_next_form(view, sheet)
        values = self.desk.valid_answers(sheet, values) if sheet.name != name else values
        next_view = render.render_modal(sheet, values, ids, NOTHING if is_private(shown.name) else aside)
        return render.with_sentence_on_top(next_view, MORE if sheet.name == name else OTHERS)


def _searched_for(view: Payload, action: str) -> str:
    """Return the words that the form was opened to look for, if `action` is of its first list; otherwise none."""
    elements = (block.get("element") or {} for block in view.get("blocks") or ())
    lookups = (str(one.get("action_id")) for one in elements if one.get("type") == "multi_external_select")
    return render.read_search(view) if next(lookups, action) == action else ""


def _why_not(error: DatabaseDown | Unavailable | TimeoutError) -> str:
    """Return what to tell the person whose form wasn't saved, or perhaps not yet."""
    if isinstance(error, DatabaseDown):
        return NOT_SAVED
    return UNKNOWN if isinstance(error, Unavailable) else SLOW


def _drawn_fields(view: Payload) -> set[str]:
    """Return the names of the fields that the person saw."""
    return {str(block.get("block_id")) for block in view["blocks"]}


def _on_top(view: Payload, words: str) -> dict[str, Any]:
    """Show words above the form, about the whole of it; what was typed stays."""
    try:
        return _update_response(render.same_form_with_sentence(view, words))
    except (KeyError, TypeError):  # not the whole of a form came back
        return _replace_view(note_page(words))


def _replace_view(shown: Page, zone: str | None = None) -> dict[str, Any]:
    """Return the answer to a form that shows a page in its place."""
    return _update_response(draw_view(shown, zone or "UTC"))


def _update_response(view: Mapping[str, object]) -> dict[str, Any]:
    return {"response_action": "update", "view": view}


class Redraws:
    """Redraws a form that is open."""

    def __init__(self, chat: SlackChat, desk: Desk) -> None:
        self.chat, self.desk = chat, desk

    async def redraw(self, body: Payload, filled: Filled = render.NOTHING) -> None:
        """Redraw the form after a choice, which may make it another form; what was typed stays, as fields keep their names.

        `filled` holds texts that we fill in ourselves.
        """
        view = body["view"]
        state = (view.get("state") or {}).get("values", {})
        sheet = self.desk.redrawn(str(view.get("callback_id")), render.read_answers(state), *render.read_opening(view))
        ids = render.typed_ids(state) | render.filled_text_ids(filled)
        restored, aside = split_for_next_form(view, sheet)
        derived: Mapping[str, str] = {}
        if sheet.name != view.get("callback_id"):
            restored = self.desk.valid_answers(sheet, restored)
            derived = await self.desk.derived(body["user"]["id"], sheet.name, {})
        shown = replace(restored, values={**derived, **restored.values, **filled.values})
        await self.chat.refill(view["id"], sheet, shown, ids, view.get("hash"), aside)

    async def supply(self, body: Payload) -> None:
        """Fill in texts that follow from a choice in a list, where a field is empty or holds what we filled in before."""
        state = (body["view"].get("state") or {}).get("values", {})
        answers, ids = render.read_answers(state), render.typed_ids(state)
        derived = await self.desk.derived(body["user"]["id"], body["view"]["callback_id"], answers)
        typed = {name: str(answers.get(name, "")) for name in derived}
        ours = {name for name, words in typed.items() if not words or ids.get(name) == render.filled_text_id(words)}
        if fresh := {name: one for name, one in derived.items() if name in ours and one != typed[name]}:
            await self.redraw(body, Filled(fresh))

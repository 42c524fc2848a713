"""A visitor at the page of a demo that runs elsewhere: everything is seen and done over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from bot.rehearsal.slack.blockkit import elements_of
from bot.rehearsal.slack.state import Field, fields
from tests.stories.waiting import found, until

Json = dict[str, Any]
COMMAND = {"channel": "C0GENERAL", "text": "/recording-request"}


@dataclass(frozen=True, slots=True)
class AtThePage:
    """A person of the sample company, who sees and does what the page lets them."""

    http: ClientSession
    url: str
    uid: str

    async def ask(self) -> None:
        """Ask for the newest call, because of a complaint."""
        await self._do("say", COMMAND)
        form = await until(self._form, f"the form opens for {self.uid}")
        blank = {one.block["label"]["text"]: one for one in fields(form["blocks"]) if "label" in one.block}
        reason, calls = blank["Why do you need it?"], blank["Which calls?"]
        offered = await found(lambda: self._options(form, calls))
        answers = [
            (reason, next(one for one in reason.element["options"] if one["value"] == "complaint")),
            (calls, offered[:1]),
            (blank["CRM request reference"], "CS-10442"),
            (blank["What is it for?"], "The customer complains."),
        ]
        values = {one.block_id: {one.action_id: one.value(content)} for one, content in answers}
        await self._do("submit", {"view_id": form["id"], "values": values})

    async def press(self, button: str) -> None:
        """Wait for a message with this button, and press it."""
        await self._do("press", await until(lambda: self._in_a_message(button), f"{self.uid} sees {button}"))

    async def link(self) -> str:
        """Wait for a form with a link, and return its address."""
        return str(await until(self._address, f"{self.uid} sees a link"))

    async def _options(self, form: Json, field: Field) -> list[Json]:
        container = {"type": "view", "view_id": form["id"]}
        told = {"container": container, "block_id": field.block_id, "action_id": field.action_id, "value": ""}
        answer = await self._post("options", told)
        return [one for group in answer.get("option_groups", [answer]) for one in group["options"]]

    async def _form(self) -> Json | None:
        """The form in front, if there is one that can be sent."""
        modal: Json | None = (await self._get("/views"))["modal"]
        return modal if modal and modal["submit"] else None

    async def _address(self) -> str | None:
        modal = (await self._get("/views"))["modal"]
        return next((one["url"] for _, one in _elements(modal) if "url" in one), None)

    async def _in_a_message(self, button: str) -> Json | None:
        """What is sent by pressing the button, if the bot has written a message with it."""
        [app] = [one["id"] for one in (await self._get(""))["conversations"] if one["kind"] == "app"]
        for message in (await self._get(f"/conversations/{app}"))["messages"]:
            for block, one in _elements(message):
                if one["type"] == "button" and one["text"]["text"] == button:
                    container = {"type": "message", "channel": app, "ts": message["ts"]}
                    return {"container": container, "block_id": block["block_id"], "action_id": one["action_id"]}
        return None

    async def _get(self, path: str) -> Json:
        async with self.http.get(f"{self.url}/rehearsal/api/people/{self.uid}{path}") as answer:
            assert answer.status == 200, await answer.text()
            seen: Json = await answer.json()
            return seen

    async def _do(self, what: str, told: Json) -> None:
        answer = await self._post(what, told)
        assert answer["ok"], answer

    async def _post(self, what: str, told: Json) -> Json:
        async with self.http.post(f"{self.url}/rehearsal/api/people/{self.uid}/{what}", json=told) as answer:
            assert answer.status == 200, await answer.text()
            done: Json = await answer.json()
            return done


def _elements(shown: Json | None) -> Iterator[tuple[Json, Json]]:
    """Every button and field of a message or a form, with its block."""
    for block in (shown or {}).get("blocks") or []:
        for one in elements_of(block):
            yield block, one

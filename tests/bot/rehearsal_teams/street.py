"""A small tenant, its clocks, a bot that answers as a test says, and a plain client with the bot's own token."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from bot.rehearsal.teams import CARD_TYPE, Member, Message, Person, Tenant

Json = dict[str, Any]
APP, PASSWORD = "22222222-0000-4000-8000-00000000b07b", "rehearsal-password"
ANNA, TARA, GUS, FAYE, GLEN = (f"0000000{n}-aaaa-4000-8000-000000000000" for n in range(1, 6))
PEOPLE = (
    Member(ANNA, "Anna Quill", "anna.quill@fernhill.example", "Support", "Australia/Sydney"),
    Member(TARA, "Tara Lindqvist", "tara.lindqvist@fernhill.example", "Team Leader"),
    Member(GUS, "Gus Visitor", "gus@visitor.example", standing="guest"),
    Member(FAYE, "Faye Elsewhere", "faye@elsewhere.example", standing="foreign"),
    Member(GLEN, "Glen Gone", "glen@fernhill.example", standing="deactivated"),
)
SAID = "application/vnd.microsoft.activity.message"


@dataclass
class Clock:
    """Both clocks of the tenant; they move only when a test moves them."""

    now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    seconds: float = 1000.0

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)


@dataclass
class Street:
    """The tenant and its people; `answers` has the bot's answer by invoke name, `heard` what it received."""

    tenant: Tenant
    clock: Clock
    session: aiohttp.ClientSession
    answers: dict[str, Any] = field(default_factory=dict)
    heard: list[Json] = field(default_factory=list)
    token: str = ""

    @property
    def anna(self) -> Person:
        return self.tenant.person(ANNA)

    @property
    def tara(self) -> Person:
        return self.tenant.person(TARA)

    async def log_in(self, **other: str) -> tuple[int, Any]:
        form = {"grant_type": "client_credentials", "client_id": APP, "client_secret": PASSWORD}
        form |= {"scope": "https://api.botframework.com/.default"} | other
        tenant = form.pop("tenant", self.tenant.tenant_id)
        address = f"{self.tenant.login_url}/{tenant}/oauth2/v2.0/token"
        async with self.session.post(address, data=form) as response:
            return response.status, await response.json()

    async def api(self, verb: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Call {service_url}v3/conversations{path} with the bot's token; return status and JSON."""
        if not self.token:
            self.token = (await self.log_in())[1]["access_token"]
        address = f"{self.tenant.service_url}v3/conversations{path}"
        more = {"headers": {"Authorization": f"Bearer {self.token}"}} | more
        async with self.session.request(verb, address, json=body, **more) as response:
            return response.status, await response.json() if "json" in response.content_type else await response.text()

    async def send(self, person: Person, card: Json | None = None, **activity: Any) -> Message:
        """Send a card or a text to a person who has the bot; return what the person sees then."""
        body = carrying(card) if card else {"type": "message", **activity}
        status, answer = await self.api("POST", f"/{person.own.id}/activities", body)
        assert status == 201, answer
        return next(one for one in person.chat if one.id == answer["id"])

    async def door(self, request: web.Request) -> web.StreamResponse:
        """The bot's own /api/messages."""
        activity = await request.json()
        self.heard.append(activity)
        answer = self.answers.get(activity.get("name") or activity["type"], web.Response(status=201))
        if callable(answer):
            answer = await answer(activity)
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


def carrying(card: Json) -> Json:
    return {"type": "message", "summary": "A card", "attachments": [attached(card)]}


def attached(card: Json) -> Json:
    return {"contentType": CARD_TYPE, "content": card}


def card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def text(words: str) -> Json:
    return {"type": "TextBlock", "text": words, "wrap": True}


def button(title: str, verb: str = "yes", **data: Any) -> Json:
    """Action.Execute with a fallback for old clients, as the universal-actions page shows it."""
    old = {"type": "Action.Submit", "title": title, "data": {"verb": verb, **data}}
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": data, "fallback": old}


def submit(title: str, **data: Any) -> Json:
    return {"type": "Action.Submit", "title": title, "data": data}


def task(shown: Json, title: str = "A form") -> Json:
    return {"task": {"type": "continue", "value": {"title": title, "height": "medium", "card": attached(shown)}}}


def answer(value: Any, kind: str = CARD_TYPE, status: int = 200) -> Json:
    return {"statusCode": status, "type": kind, "value": value}


WHY = {
    "type": "Input.Text", "id": "why", "label": "Why", "isRequired": True, "errorMessage": "Say why.",
    "maxLength": 20,
}  # fmt: skip
REASON = {"type": "Input.ChoiceSet", "id": "reason", "choices": [{"title": "A complaint", "value": "complaint"}]}
CALLS = {
    "type": "Input.ChoiceSet", "id": "calls", "label": "Which calls", "isMultiSelect": True, "style": "filtered",
    "choices": [], "choices.data": {"type": "Data.Query", "dataset": "recordings"},
}  # fmt: skip


def results(*pairs: tuple[str, str]) -> dict[str, Any]:
    found = [{"title": title, "value": value} for title, value in pairs]
    return {"type": "application/vnd.microsoft.search.searchResponse", "value": {"results": found}}

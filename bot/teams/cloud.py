"""Microsoft's CloudAdapter with what it lacks: our verifier, answers to invokes, and no unused client.

Every fix for botbuilder 4.17.1 is here, through the library's own extension points; its faults are described where we
work around them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from botbuilder.core import Bot, InvokeResponse
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount
from botframework.connector import auth

from bot.chats.background import WronglyPacked, read_body, refuse_unread
from bot.ports import Unavailable
from bot.teams import forms, render
from bot.teams.tokens import LOOPBACK, Claims, Forged, Verifier, may_get_token
from handlers.cards import Option

LARGEST = 256 * 1024  # bytes; a card is 28 kB, a message 100 kB (learn.microsoft.com, "Limits and specifications")


class OurAuthentication(auth.BotFrameworkAuthentication):  # type: ignore[misc]
    """Replaces the SDK's token check: requests were verified before it sees them.

    Why not the SDK's own: an unknown signing key is an IndexError for up to a day, a malformed or expired token answers
    500, the tenant isn't checked, and keys are fetched by a blocking call in the event loop.
    """

    async def authenticate_request(self, activity: Activity, auth_header: str) -> auth.AuthenticateRequestResult:
        """Return what the SDK wants to know of a request that `Cloud` has verified."""
        claims = auth.ClaimsIdentity({"aud": activity.recipient.id}, is_authenticated=True)
        result = auth.AuthenticateRequestResult()
        result.claims_identity, result.connector_factory = claims, self.create_connector_factory(claims)
        return result

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Any:
        """Refuse web sockets, which Teams doesn't use with bots."""
        raise PermissionError("streaming is not offered")

    def create_connector_factory(self, claims_identity: auth.ClaimsIdentity) -> auth.ConnectorFactory:
        """Return the factory from which the SDK takes its client for sending; ours makes none."""
        return NoConnector()

    async def create_user_token_client(self, claims_identity: auth.ClaimsIdentity) -> Any:
        """Return no client: no one signs in here, and the SDK's client costs 45 % of an idle turn (msrest's retry
        policy).
        """
        return None


class NoConnector(auth.ConnectorFactory):  # type: ignore[misc]
    """Sends go through bot/teams/connector.py, by the outbox.

    The SDK's client costs as much again for each turn, fetches a new token for each turn in the event loop, waits
    up to 100 s in one of six threads, and opens a new connection each time.
    """

    async def create(self, service_url: str, audience: str) -> Any:
        """Return itself in place of the client that the SDK asks for: nothing is ever sent through it."""
        return self


class Cloud(CloudAdapter):  # type: ignore[misc]
    """CloudAdapter whose answers to invokes arrive: the SDK serialises their body twice and answers 500."""

    def __init__(self, verifier: Verifier | None) -> None:
        """Without a verifier, only requests from other machines are turned away (for the Agents Playground)."""
        super().__init__(OurAuthentication())
        self.verifier = verifier

    async def process(self, request: web.Request, bot: Bot, ws_response: object = None) -> web.Response:
        """Serve `POST /api/messages`: 401 or 403 for what isn't Microsoft's, 400 for nonsense, 413 for what is too
        large.

        503 while Microsoft's keys are missing and strangers can't be told apart.
        """
        try:
            body = await _read_body(request)
            await self._verify_claims(request, body or {})
            activity = _read_activity(body or {})
        except web.HTTPRequestEntityTooLarge:
            return refuse_unread(413, "too_large")
        except Forged as forged:
            return refuse_unread(forged.status, forged.why)
        except Unavailable as away:
            return refuse_unread(503, away.code)
        except (ValueError, OSError):
            return refuse_unread(400, "unreadable")
        answer: InvokeResponse | None = await self.process_activity("", activity, bot.on_turn)
        return web.Response(status=202) if answer is None else web.json_response(answer.body, status=answer.status)

    async def _verify_claims(self, request: web.Request, body: Mapping[str, Any]) -> Claims | None:
        """Verify the request; without a verifier, accept only this machine's own programs. Raises `Forged` and `Unavailable`."""
        if self.verifier is not None:
            return await self.verifier.verify(request.headers.get("Authorization", ""), body)
        service_url = body.get("serviceUrl")
        if not isinstance(service_url, str) or not may_get_token(service_url, LOOPBACK):
            raise Forged(403, "not_on_this_machine")
        # Any page in a browser on this machine could write here; a browser says so, the Playground's server does not.
        if "Origin" in request.headers:
            raise Forged(403, "from_a_page")
        return None


def _read_activity(body: Mapping[str, Any]) -> Activity:
    """Return the fields of an activity that the bot uses; any of another shape is left out.

    Raises `ValueError` if it has no type. The SDK's own reader takes thirty times as long, more than everything else.
    """
    if not _text_of(body, "type"):
        raise ValueError("no activity")
    return Activity(
        type=_text_of(body, "type"), id=_text_of(body, "id"), name=_text_of(body, "name"), text=_text_of(body, "text"),
        channel_id=_text_of(body, "channelId"), service_url=_text_of(body, "serviceUrl"), action=_text_of(body, "action"),
        reply_to_id=_text_of(body, "replyToId"), local_timezone=_text_of(body, "localTimezone"),
        value=body.get("value"), channel_data=body.get("channelData"),
        from_property=_read_account(body.get("from")), recipient=_read_account(body.get("recipient")),
        conversation=_read_conversation(body.get("conversation")),
        members_added=_read_accounts(body.get("membersAdded")), members_removed=_read_accounts(body.get("membersRemoved")),
    )  # fmt: skip


def _read_account(value: object) -> ChannelAccount:
    fields = value if isinstance(value, Mapping) else {}
    return ChannelAccount(id=_text_of(fields, "id"), aad_object_id=_text_of(fields, "aadObjectId"))


def _read_accounts(value: object) -> list[ChannelAccount]:
    return [_read_account(one) for one in value] if isinstance(value, list) else []


def _read_conversation(value: object) -> ConversationAccount:
    fields = value if isinstance(value, Mapping) else {}
    return ConversationAccount(id=_text_of(fields, "id"), conversation_type=_text_of(fields, "conversationType"))


def _text_of(fields: Mapping[str, Any], name: str) -> str | None:
    """Return a text of the activity; lone surrogates are replaced, since no database accepts them."""
    found = fields.get(name)
    return found.encode(errors="replace").decode() if isinstance(found, str) else None


async def _read_body(request: web.Request) -> dict[str, Any] | None:
    """Return the activity as JSON; None for anything else, which then can't prove anything either."""
    try:
        body = json.loads(await read_body(request, LARGEST))
    except (ValueError, RecursionError, WronglyPacked):
        return None
    return body if isinstance(body, dict) else None


Body = dict[str, Any]
SEARCHED = "application/search"
FETCHED, COMMANDED = "task/fetch", "composeExtension/fetchTask"


def card_answer(drawn: render.Element) -> Body:
    """Answer a press with a card that replaces the pressed one, for this person."""
    return {"statusCode": 200, "type": render.KIND, "value": drawn}


def words_answer(words: str) -> Body:
    """Answer a press with a sentence; the card stays unchanged."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": words}


def failed_answer(words: str) -> Body:
    """Answer a press that failed on our side."""
    value = {"code": "InternalServerError", "message": words}
    return {"statusCode": 500, "type": "application/vnd.microsoft.error", "value": value}


def dialog_answer(value: object) -> Body:
    """Answer a dialog: what `render.dialog` drew replaces its content; a sentence closes it."""
    return {"task": value if isinstance(value, dict) else {"type": "message", "value": value}}


def choices_answer(choices: Sequence[Option]) -> Body:
    """Answer a typeahead (learn.microsoft.com, "Typeahead search in Adaptive Cards")."""
    return {
        "statusCode": 200,
        "type": "application/vnd.microsoft.search.searchResponse",
        "value": {"results": forms.draw_options(choices)},
    }

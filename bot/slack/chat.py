"""Slack as a Chat: posts, redraws and whispers through the Web API, and tells people's own trouble from an outage."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Self

from aiohttp import ClientError, ClientSession
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.chats.background import Pauses
from bot.ports import Absent, Address, Posted, Profile, Unavailable, Unreachable
from bot.slack import blocks, render
from bot.slack.aside import NOTHING, Aside, values_not_shown
from handlers.cards import Card, Filled, Line, Page, Sheet
from handlers.rules.identity import Standing

# docs.slack.dev, errors of chat.postMessage, chat.update, conversations.open, users.info and auth.test.
OUTAGE = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "no_permission", "org_login_required", "team_access_not_granted", "access_denied", "not_allowed_token_type",
    "enterprise_is_restricted", "two_factor_setup_required", "ekm_access_denied",
    "messages_tab_disabled", "restricted_action",  # settings of the app and of the workspace, for everyone alike
})  # fmt: skip
# This person can't be reached.
NOBODY = frozenset({
    "user_not_found", "users_not_found", "user_disabled", "user_not_visible", "channel_not_found", "cannot_dm_bot",
    "is_archived", "not_in_channel", "user_not_in_channel", "method_not_supported_for_channel_type", "cannot_find_user",
    "not_enabled",
})  # fmt: skip
LEFT_THE_COMPANY = frozenset({"user_not_found", "user_disabled"})
LOG = logging.getLogger("bot.slack.api")
LOG.setLevel(logging.WARNING)  # a logger without a level of its own would have each message written out for it
UNNAMED = 30.0  # seconds to pause if Slack doesn't say how long
NO_IDS: Mapping[str, str] = MappingProxyType({})
# The message is gone, or takes no change or answer any more.
GONE = frozenset({
    "message_not_found", "cant_update_message", "edit_window_closed", "cannot_reply_to_message", "thread_not_found",
    "invalid_thread_ts", "restricted_action_thread_locked", "restricted_action_non_threadable_channel",
})  # fmt: skip


class SlackChat:
    """The Chat port for Slack. `team` is our workspace: accounts of any other are foreign."""

    platform = "slack"

    def __init__(self, client: AsyncWebClient, team: str = "", seconds: Callable[[], float] = time.monotonic) -> None:
        self.client, self.team = client, team
        self.pauses = Pauses(seconds)
        self._conversations: dict[str, str] = {}

    @classmethod
    def by_token(cls, token: str, base_url: str, http: ClientSession) -> Self:
        """Return the workspace of this bot token, at this address of Slack's Web API."""
        return cls(
            AsyncWebClient(token=token, base_url=base_url, session=http, timeout=10, retry_handlers=[], logger=LOG)
        )

    async def profile(self, to: Address) -> Profile:
        """Return the account by users.info."""
        return self._read_profile(await self._call("users.info", user=to.account_id))

    async def knock(self, to: Address) -> Profile:
        """Call users.info, then conversations.open, which opens the conversation without the person noticing.

        A member who is there but can't be written to counts as `blocked`.
        """
        profile = await self.profile(to)
        if profile.standing == "member":
            try:
                await self._call("conversations.open", users=to.account_id)
            except Unreachable as error:
                raise Unreachable(error.code, blocked=error.code not in LEFT_THE_COMPANY) from error
        return profile

    async def find(self, email: str) -> Profile:
        """Find an account by users.lookupByEmail (scope users:read.email)."""
        profile = self._read_profile(await self._call("users.lookupByEmail", email=email))
        if profile.standing != "member":
            raise Unreachable(profile.standing)
        return profile

    async def post(self, to: Address, card: Card, zone: str, under: Posted | None = None) -> Posted:
        """Post a card to the person by chat.postMessage; Slack opens the conversation and says which it is.

        An answer in a thread is broadcast, so that people who don't open the thread see it. If the first message was deleted,
        the card is a message of its own.
        """
        message = {"unfurl_links": False, "unfurl_media": False, **render.render_message(card, zone)}
        if under is not None:
            with suppress(Absent):
                return await self._post_message(to, {**message, "thread_ts": under.message, "reply_broadcast": True})
        return await self._post_message(to, message)

    async def _post_message(self, to: Address, message: Mapping[str, object]) -> Posted:
        """Post a message, and remember the conversation for whispers."""
        answer = await self._call("chat.postMessage", channel=to.account_id, **message)
        posted = Posted(require_words(answer, "channel"), require_words(answer, "ts"))
        self._conversations[to.account_id] = posted.conversation
        return posted

    async def redraw(self, to: Address, posted: Posted, card: Card, zone: str) -> None:
        """Redraw a message by chat.update."""
        await self._call(
            "chat.update", channel=posted.conversation, ts=posted.message, **render.render_message(card, zone)
        )

    async def whisper(self, to: Address, words: str) -> None:
        """Send chat.postEphemeral in the person's conversation with the bot, or else answer what they just pressed."""
        try:
            await self._post_ephemeral(to.account_id, words)
        except (Unavailable, Unreachable):
            if not await self.reply(to.reply, words):
                raise

    async def _post_ephemeral(self, account: str, words: str) -> None:
        """Show words to this person only, in their conversation with the bot."""
        if account not in self._conversations:
            opened = await self._call("conversations.open", users=account)
            self._conversations[account] = require_words(opened, "channel", "id")
        await self._call(
            "chat.postEphemeral",
            channel=self._conversations[account],
            user=account,
            **render.render_message(Card((Line(words),), words), "UTC"),
        )

    async def form(self, to: Address, sheet: Sheet, filled: Filled) -> None:
        """Raise `Unreachable`: Slack's forms are dialogs, which open only right after a press."""
        raise Unreachable("forms_are_dialogs")

    async def reply(self, response_url: str, words: str) -> bool:
        """Answer a command or a press at its own address, for that person only; return True if Slack took it."""
        if response_url:
            with suppress(ClientError, OSError, TimeoutError):
                hook = AsyncWebhookClient(response_url, timeout=5, retry_handlers=[])
                answer = await hook.send(text=blocks.notification_text(words, 3000), replace_original=False)
                return answer.status_code == HTTPStatus.OK
        return False

    async def home(self, to: Address, card: Card, zone: str, posted: Posted | None = None) -> None:
        """Redraw the home by views.publish, which answers `invalid_arguments` for an unknown account."""
        try:
            await self._call("views.publish", user_id=to.account_id, view=render.render_home(card, zone))
        except Unavailable as error:
            if error.code == "invalid_arguments":
                raise Unreachable(error.code) from error
            raise

    async def greet(self) -> None:
        """Find out which workspace is ours; until then we can't tell its members from strangers."""
        await self.whoami()

    async def open(
        self, trigger: str, view: Sheet | Page, zone: str, *, push: bool = False, aside: Aside = NOTHING
    ) -> str:
        """Open a view by views.open (or views.push from within a dialog); returns its id. The trigger lives 3 seconds."""
        drawn = render.render_modal(view, aside=aside) if isinstance(view, Sheet) else render.render_page(view, zone)
        answer = await self._call("views.push" if push else "views.open", trigger_id=trigger, view=drawn)
        return require_words(answer, "view", "id")

    async def update(self, view_id: str, view: Sheet | Page, zone: str) -> None:
        """Replace a view by views.update."""
        await self._call("views.update", view_id=view_id, view=draw_view(view, zone))

    async def refill(
        self, view_id: str, sheet: Sheet, filled: Filled, ids: Mapping[str, str] = NO_IDS, seen: str | None = None,
        aside: Aside = NOTHING,
    ) -> None:  # fmt: skip
        """Replace a view with a filled-in form; see `render_modal`.

        `seen` is the hash of the view that the person saw, so that a newer one isn't overwritten.
        """
        more = {"hash": seen} if seen else {}
        await self._call(
            "views.update",
            view_id=view_id,
            view=render.render_modal(sheet, filled, ids, {**values_not_shown(sheet, filled), **aside}),
            **more,
        )

    async def whoami(self) -> tuple[str, str, list[str]]:
        """Call auth.test; returns our team's id, the bot's user id, and the token's scopes."""
        answer = await self._call("auth.test")
        scopes = answer.headers.get("x-oauth-scopes", "") if answer.headers else ""
        self.team, bot = require_words(answer, "team_id"), require_words(answer, "user_id")
        return self.team, bot, [one.strip() for one in scopes.split(",") if one.strip()]

    async def socket_address(self) -> str:
        """Call apps.connections.open with an app's own token; the address lives some seconds and opens one socket."""
        return require_words(await self._call("apps.connections.open"), "url")

    def _read_profile(self, answer: Any) -> Profile:
        """Return the account in an answer of users.info or users.lookupByEmail; raises `Unavailable` if there is none."""
        if not self.team:
            # Before we know which workspace is ours, we can't tell members from strangers.
            raise Unavailable("no_team")
        account = require_words(answer, "user", "id")
        user = answer["user"]
        name = _words_at(user, "profile", "real_name") or _words_at(user, "real_name") or _words_at(user, "name")
        email, zone = _words_at(user, "profile", "email"), _words_at(user, "tz")
        return Profile(account, email, name or account, zone, self._read_standing(user))

    def _read_standing(self, user: dict[str, Any]) -> Standing:
        """Return what Slack's description of a user makes of them; in an organisation a user may have several workspaces."""
        workspaces = [user.get("team_id", self.team), *(user.get("enterprise_user") or {}).get("teams", [])]
        if user.get("deleted"):
            return "deactivated"
        if user.get("is_bot") or user.get("id") == "USLACKBOT":
            return "bot"
        if user.get("is_stranger") or (self.team and self.team not in workspaces):
            return "foreign"
        return "guest" if user.get("is_restricted") or user.get("is_ultra_restricted") else "member"

    async def _call(self, method: str, **arguments: Any) -> Any:  # the answer's shape differs by method
        """Make one Web API call and return its answer; raises our errors, and minds the pauses that Slack asks for."""
        place = _conversation_of(arguments)
        self.pauses.check(method, place)
        try:
            answer = await self._send_call(method, arguments)
        except SlackApiError as error:
            port_error = _as_port_error(error)
            if isinstance(port_error, Unavailable) and port_error.code == "ratelimited":
                self.pauses.refused(method, place, port_error.retry_after or UNNAMED)
            raise port_error from error
        except TimeoutError as error:
            raise Unavailable("timeout") from error
        except (ClientError, SlackRequestError, OSError) as error:
            raise Unavailable("no_connection") from error
        except (AttributeError, ValueError, RecursionError) as error:  # the SDK takes anything for an object
            raise Unavailable("unreadable_answer") from error
        return answer

    async def _send_call(self, method: str, arguments: dict[str, Any]) -> Any:
        # Slack's reading methods take no JSON body (docs.slack.dev/apis/web-api), and neither does the one for sockets.
        if method.startswith(("users.", "apps.")):
            return await self.client.api_call(method, params=arguments)
        return await self.client.api_call(method, json=arguments)


def _conversation_of(arguments: dict[str, Any]) -> str:
    """Return the person or conversation that a call is for; empty if for none."""
    return next((str(arguments[one]) for one in ("channel", "user_id", "users") if one in arguments), "")


def draw_view(view: Sheet | Page, zone: str) -> dict[str, object]:
    """Return a form or a page as a modal for a person in `zone` (IANA)."""
    return render.render_modal(view) if isinstance(view, Sheet) else render.render_page(view, zone)


def _as_port_error(error: SlackApiError) -> Exception:
    """Return the error of `bot.ports` for one of Slack's: an outage, a passing fault, a lost message or person."""
    response = error.response
    if not hasattr(response, "status_code"):
        return Unavailable("unreadable_answer")
    if response.status_code == 429:
        return Unavailable("ratelimited", retry_after=_retry_seconds(response.headers.get("Retry-After", "")))
    code = response.get("error") if isinstance(response.data, dict) else None
    # With a 5xx it is Slack that fails, whatever its body says.
    if not isinstance(code, str) or not code or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"http_{response.status_code}")
    if code in OUTAGE:
        return Unavailable(code, outage=True)
    if code in GONE:
        return Absent(code)
    return Unreachable(code) if code in NOBODY else Unavailable(code)


def _retry_seconds(text: str) -> float:
    """Return the seconds that a Retry-After header names, ten minutes at most; `UNNAMED` if it names none."""
    return min(float(text), 600.0) if text.replace(".", "", 1).isdecimal() else UNNAMED


def require_words(answer: Any, *names: str) -> str:
    """Return the text below these names in an answer; raises `Unavailable` if there is none."""
    if words := _words_at(answer, *names):
        return words
    raise Unavailable("unreadable_answer")


def _words_at(answer: Any, *names: str) -> str:
    """Return the text below these names in an answer; empty if there is none."""
    found = getattr(answer, "data", answer)
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""

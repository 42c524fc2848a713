"""Teams as a Chat: posts, redraws and whispers through the Bot Connector, in a person's own conversation only."""

from collections.abc import Awaitable, Callable, Container, Mapping
from typing import Any, TypeVar

import structlog

from bot.ports import NOT_INSTALLED, Address, PageOpen, Posted, Profile, Unreachable
from bot.teams import forms, render, turn
from bot.teams.connector import Connector, TokenSource
from handlers.cards import Card, Filled, Sheet
from handlers.rules.identity import Standing
from storage.people import BLOCKED, LEFT

T = TypeVar("T")
log = structlog.get_logger()
# learn.microsoft.com, "Status codes from bot conversational APIs".
TAKEN_OUT = frozenset({"BotNotInConversationRoster", "ConversationNotFound", "ForbiddenOperationException"})
BLOCKING = frozenset({"MessageWritesBlocked", "ConversationBlockedByUser"})


class TeamsChat:
    """The Chat port for Teams. `tenant` is our directory: accounts of any other are foreign ("" takes any).

    Teams lets a bot write only to people who have installed it. So an address needs the reference that was learnt in the
    person's own conversation with the bot.
    """

    platform = "teams"

    def __init__(self, connector: Connector, tokens: TokenSource | None, tenant: str) -> None:
        self.connector, self.tokens, self.tenant = connector, tokens, tenant
        self._moved: dict[str, str] = {}  # a conversation that is gone → the one that replaced it
        self.pages: Container[Posted] = ()  # messages in whose place a page is shown, so that they aren't redrawn

    @property
    def searches(self) -> bool:
        """True if lists can be searched; Microsoft's local client, the only one without tokens, leaves them empty."""
        return self.tokens is not None

    async def profile(self, to: Address) -> Profile:
        """Return the account from the roster of its own conversation, the only place where Teams gives an e-mail address."""
        reference = _checked_reference(to)
        member = await self._in_own_conversation(
            to, lambda own: self.connector.member(reference["service_url"], own, reference["user"] or to.account_id)
        )
        account = str(member.get("aadObjectId") or member.get("objectId") or "")
        if account.lower() != to.account_id.lower():
            raise Unreachable("another_account")
        email = str(member.get("email") or member.get("userPrincipalName") or "")
        name = str(member.get("name") or email or account)
        return Profile(to.account_id, email, name, reference.get("zone", ""), self._read_standing(member))

    async def knock(self, to: Address) -> Profile:
        """Check that the person can be written to, and return the account as `profile` does.

        Nothing is sent: Teams shows no roster to a bot that was removed from the conversation.
        """
        if to.reference.get(BLOCKED):
            raise Unreachable("blocked", blocked=True)
        try:
            return await self.profile(to)
        except Unreachable as error:
            raise (Unreachable(NOT_INSTALLED) if error.code in TAKEN_OUT else error) from error

    async def find(self, email: str) -> Profile:
        """Raise `Unreachable`: a bot can't look people up in Teams, who are known once they have installed it."""
        raise Unreachable(NOT_INSTALLED)

    async def post(self, to: Address, card: Card, zone: str, under: Posted | None = None) -> Posted:
        """Post a card as an Adaptive Card; a personal chat has no threads, so `under` is ignored."""
        return await self.send(to, render.render_message(card, zone))

    async def send(self, to: Address, message: Mapping[str, Any]) -> Posted:
        """Send any message to the person alone."""
        reference = _open_reference(to)

        async def post_in(conversation: str) -> Posted:
            return Posted(conversation, await self.connector.send(reference["service_url"], conversation, message))

        return await self._in_own_conversation(to, post_in)

    async def redraw(self, to: Address, posted: Posted, card: Card, zone: str) -> None:
        """Redraw the message with another card, unless its reader has a page open in its place."""
        self._refuse_if_open(posted)
        await self.replace(to, posted, render.render_message(card, zone))

    async def replace(self, to: Address, posted: Posted, message: Mapping[str, Any]) -> None:
        """Replace the content of a message; raises `Absent` if it is gone."""
        await self.connector.update(_open_reference(to)["service_url"], posted.conversation, posted.message, message)

    async def whisper(self, to: Address, words: str) -> None:
        """Send a plain message: no one else reads this conversation."""
        await self.send(to, plain_message(words))

    async def home(self, to: Address, card: Card, zone: str, posted: Posted | None = None) -> Posted:
        """Post or redraw the home. Teams has no place for one, so it's a message, and the newest is kept up to date."""
        message = render.render_home(card, zone)
        if posted is None:
            return await self.send(to, message)
        self._refuse_if_open(posted)
        await self.replace(to, posted, message)
        return posted

    def _refuse_if_open(self, posted: Posted) -> None:
        """Raise `PageOpen` while a page is shown in place of this message, which is drawn again once that is closed."""
        if posted in self.pages:
            raise PageOpen

    async def greet(self) -> None:
        """Get a token from the login service, without which the bot can't write."""
        if self.tokens is not None:
            await self.tokens.token()

    async def form(self, to: Address, sheet: Sheet, filled: Filled) -> None:
        """Send a form as a message of its own, so that no update of another card deletes what was typed."""
        drawn = forms.draw_form(sheet, values=filled.values, offered=filled.offered)
        await self.send(to, self.message(self.with_usable_lists(drawn), sheet.title))

    def with_usable_lists(self, form: render.Element) -> render.Element:
        """Return a form's drawing as this client can use it: where lists can't be searched, with plain lists instead."""
        if self.searches:
            return form
        body: Any = form["body"]
        return {**form, "body": [{name: one[name] for name in one if name != "choices.data"} for one in body]}

    def message(self, card: render.Element, summary: str) -> dict[str, Any]:
        """Return a card as a message of its own."""
        return {"type": "message", "summary": summary, "attachments": [render.card_attachment(card)]}

    async def _in_own_conversation(self, to: Address, call: Callable[[str], Awaitable[T]]) -> T:
        """Call with the person's own conversation; if it's gone, as after a reinstall, ask Teams for the new one."""
        reference = _checked_reference(to)
        known = str(reference["conversation"])
        conversation = self._moved.get(known, known)
        try:
            return await call(conversation)
        except Unreachable as error:
            if error.code in BLOCKING:
                raise Unreachable(error.code, blocked=True) from error
            current = await self.connector.create_personal(
                reference["service_url"], reference["tenant"], reference["bot"], reference["user"]
            )
            # The same one has just failed, and what is sent to a shared one would be read by others.
            if current == conversation or current.startswith(turn.SHARED):
                raise
        self._moved[known] = current
        return await call(current)

    def _read_standing(self, member: Mapping[str, object]) -> Standing:
        """Return whether this account is a member's, a guest's, or of another tenant."""
        if self.tenant and str(member.get("tenantId") or self.tenant).lower() != self.tenant.lower():
            return "foreign"
        principal = str(member.get("userPrincipalName") or "")
        # learn.microsoft.com, "Properties of a Microsoft Entra B2B collaboration user": a guest's name has #EXT# in it.
        return "guest" if member.get("userRole") == "guest" or "#ext#" in principal.lower() else "member"


def plain_message(words: str) -> dict[str, Any]:
    """Return a message of plain words, in which nothing is read as markup."""
    return {"type": "message", "text": render.plain_words(words, "", 3000), "textFormat": "plain"}


def _open_reference(to: Address) -> dict[str, Any]:
    """Return the reference of a person who may be written to; raises `Unreachable`."""
    if to.reference.get(BLOCKED):
        raise Unreachable("blocked")
    return _checked_reference(to)


def _checked_reference(to: Address) -> dict[str, Any]:
    """Return the reference; raises `Unreachable` without one, or if others could read that conversation."""
    reference = to.reference
    if not reference or reference.get(LEFT):
        raise Unreachable(NOT_INSTALLED)
    if reference.get("scope") != turn.PERSONAL or str(reference.get("conversation", "")).startswith(turn.SHARED):
        log.error("teams.reference_not_private")
        raise Unreachable("not_private")
    return reference

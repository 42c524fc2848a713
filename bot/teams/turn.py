"""What one activity of Teams says, read once and without trusting its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botbuilder.schema import Activity

from handlers.plain_words import Lead

PERSONAL = "personal"
PRESSED = "adaptiveCard/action"
SUBMITTED = ("task/submit", "composeExtension/submitAction")
SHARED = "19:"  # learn.microsoft.com, "Get Teams specific context": channels and group chats begin so
_AROUND = " .,;:!?…·()[]{}“”„‘’‚«»¡¿\"'`*_~/\\|-–—。、！？"  # what people write around a word, or an editor does
_MENTION = re.compile(r"<at\b[^<>]*>[^<]*</at>", re.IGNORECASE)  # linear, whatever is written


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happened in Teams. `account` is the Entra object id of the person who did it, empty where Teams told none.

    `key` is the same when Teams tells of it again, and empty where nothing says so: then each time is another one.
    `value` is what a press, a form or a search carried; `name` says which kind of invoke it is; `card` is the id of
    the message whose card was pressed. `lead` is where its words lead, once somebody has understood them.
    """

    kind: str
    name: str
    key: str
    text: str
    value: Mapping[str, Any]
    account: str
    scope: str
    conversation: str
    service_url: str
    card: str
    reference: dict[str, str]
    lead: Lead | None = None

    @property
    def private(self) -> bool:
        """Whether it happened in the person's own conversation with the bot, which nobody else can read."""
        return self.scope == PERSONAL and not self.conversation.startswith(SHARED)

    @property
    def words(self) -> str:
        """What was typed, as a word is compared: without case."""
        return self.typed.lower()

    @property
    def typed(self) -> str:
        """What was typed, without the bot's name, a slash, and marks around it."""
        return " ".join(_MENTION.sub("", self.text).split()).strip(_AROUND)

    @property
    def command(self) -> str:
        """What was typed, as a command is compared: its blanks count as hyphens."""
        return self.words.replace(" ", "-")

    @property
    def pressed(self) -> Mapping[str, Any]:
        """What the pressed button carries, in a chat (from an older client as well) or in a dialog; else nothing."""
        if self.kind != "invoke":
            return self.value
        if self.name in SUBMITTED:
            return _mapping(self.value.get("data"))
        return {} if self.name != PRESSED else _mapping(_mapping(self.value.get("action")).get("data"))

    @property
    def learnt(self) -> dict[str, str] | None:
        """How this person can be reached from now on; None from a place that others read."""
        return self.reference if self.private and self.account else None


def read(activity: Activity) -> Turn:
    """The activity as a turn; whatever is missing or of another shape is empty."""
    who, place = activity.from_property, activity.conversation
    # One account has several spellings of its id, and a second account would lock the person out.
    account, name = _text(who and who.aad_object_id).lower(), _text(activity.id)
    conversation, service_url = _text(place and place.id), _text(activity.service_url)
    reference = {
        "service_url": service_url, "conversation": conversation, "user": _text(who and who.id),
        "bot": _text(activity.recipient and activity.recipient.id), "tenant": _tenant(activity),
        "zone": _text(activity.local_timezone), "scope": _text(place and place.conversation_type),
    }  # fmt: skip
    return Turn(
        kind=_text(activity.type), name=_text(activity.name), key=f"teams:{account}:{name}" if name else "",
        text=_text(activity.text), value=_mapping(activity.value), account=account, scope=reference["scope"],
        conversation=conversation, service_url=service_url, card=_text(activity.reply_to_id), reference=reference,
    )  # fmt: skip


def _tenant(activity: Activity) -> str:
    # learn.microsoft.com spells it tenantId; botbuilder-core 4.17.1 reads conversation.tenantID, so that is always None.
    return _text(_mapping(_mapping(activity.channel_data).get("tenant")).get("id"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

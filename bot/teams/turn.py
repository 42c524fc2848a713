"""What one activity of Teams says, read once and without trusting its shape."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botbuilder.schema import Activity

from bot.chats.desk import Desk
from bot.teams import cloud, forms, package, render
from handlers import COMMANDS, is_private, opened_by
from handlers.plain_words import Lead
from handlers.room import HELP, Command

PERSONAL = "personal"
PRESSED = "adaptiveCard/action"
SUBMITTED = ("task/submit", "composeExtension/submitAction")
SHARED = "19:"  # learn.microsoft.com, "Get Teams specific context": channels and group chats begin so
_AROUND = " .,;:!?…·()[]{}“”„‘’‚«»¡¿\"'`*_~/\\|-–—。、！？"  # what people write around a word, or an editor does
_MENTION = re.compile(r"<at\b[^<>]*>[^<]*</at>", re.IGNORECASE)  # linear for any input


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happened in Teams.

    `account` is the Entra object id of the person who did it, or empty. `key` is the same if Teams reports it again, and
    empty if nothing identifies it: then each report counts as new. `value` is what a press, a form or a search carried;
    `name` is the kind of invoke; `card` the id of the message whose card was pressed. `lead` is where its words lead.
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
        """True if it happened in the person's own conversation with the bot, which no one else can read."""
        return self.scope == PERSONAL and not self.conversation.startswith(SHARED)

    @property
    def words(self) -> str:
        """What was typed, in lower case for comparing."""
        return self.typed.lower()

    @property
    def typed(self) -> str:
        """What was typed, without the bot's name, a slash, and marks around it."""
        return " ".join(_MENTION.sub("", self.text).split()).strip(_AROUND)

    @property
    def command(self) -> str:
        """What was typed, as a command is compared: spaces count as hyphens."""
        return self.words.replace(" ", "-")

    @property
    def pressed(self) -> Mapping[str, Any]:
        """What the pressed button carries, in a chat (also from an older client) or in a dialog; else empty."""
        if self.kind != "invoke":
            return self.value
        if self.name in SUBMITTED:
            return _mapping_of(self.value.get("data"))
        return {} if self.name != PRESSED else _mapping_of(_mapping_of(self.value.get("action")).get("data"))

    @property
    def learnt(self) -> dict[str, str] | None:
        """How this person can be reached from now on; None from a place that others read."""
        return self.reference if self.private and self.account else None


def read_turn(activity: Activity) -> Turn:
    """Read the activity as a turn; anything missing or of another shape is empty."""
    who, place = activity.from_property, activity.conversation
    # One account has several spellings of its id, and a second account would lock the person out.
    account, name = _text_of(who and who.aad_object_id).lower(), _text_of(activity.id)
    conversation, service_url = _text_of(place and place.id), _text_of(activity.service_url)
    reference = {
        "service_url": service_url, "conversation": conversation, "user": _text_of(who and who.id),
        "bot": _text_of(activity.recipient and activity.recipient.id), "tenant": _tenant_of(activity),
        "zone": _text_of(activity.local_timezone), "scope": _text_of(place and place.conversation_type),
    }  # fmt: skip
    return Turn(
        kind=_text_of(activity.type), name=_text_of(activity.name), key=f"teams:{account}:{name}" if name else "",
        text=_text_of(activity.text), value=_mapping_of(activity.value), account=account, scope=reference["scope"],
        conversation=conversation, service_url=service_url, card=_text_of(activity.reply_to_id), reference=reference,
    )  # fmt: skip


def _tenant_of(activity: Activity) -> str:
    # learn.microsoft.com spells it tenantId; botbuilder-core 4.17.1 reads conversation.tenantID, so that is always None.
    return _text_of(_mapping_of(_mapping_of(activity.channel_data).get("tenant")).get("id"))


def _text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


HOME = ("home", "hello", "hi", "help", "start")


def typed_command(turn: Turn) -> tuple[str, str]:
    """Return the command that was typed and the words after it; two empty strings if it's none."""
    typed = f"{turn.command}-"
    word = next((one for one in COMMANDS if typed.startswith(f"{one}-")), "")
    return (word, turn.typed[len(word) :].strip()) if word else ("", "")


def chosen_command(turn: Turn) -> Command | None:
    """Return the message extension's command; None for an unknown one."""
    named = package.command_id(str(turn.value.get("commandId") or ""))
    return next((one for word, one in COMMANDS.items() if package.command_id(word) == named), None)


def with_lead(turn: Turn, desk: Desk) -> Turn:
    """Return the turn with where its words lead, so that they are interpreted only once."""
    return replace(turn, lead=_find_lead(turn, desk))


def _find_lead(turn: Turn, desk: Desk) -> Lead | None:
    """Return where free words lead, after a command or alone; None if there are none, or none are expected."""
    if turn.kind != "message" or turn.value or turn.words in (*HOME, *HELP):
        return None
    word, about = typed_command(turn)
    words = about if word else turn.typed
    return desk.lead(word, words) if words.casefold() not in HELP else None


def named_private_form(turn: Turn) -> str:
    """Return the private form that this turn opens or sends; empty for anything else."""
    form = _form_of(turn)
    return form if is_private(form) else ""


def words_behind(turn: Turn) -> bool:
    """Return True if words follow a command, so that they are visible in the chat."""
    words = typed_command(turn)[1] if turn.kind == "message" else ""
    return words != "" and words.casefold() not in HELP


def _form_of(turn: Turn) -> str:
    """Return the name of the form that this turn opens or sends, private or not; empty if there is none."""
    if turn.name == cloud.COMMANDED:
        command = chosen_command(turn)
        return command.form if command else ""
    if turn.kind == "invoke" or turn.value:
        verb, _ = render.read_press(turn.pressed)
        return forms.read_sent_form(turn.pressed)[0] if verb == forms.SEND else opened_by(verb)
    word, _ = typed_command(turn)
    return COMMANDS[word].form if word else ""

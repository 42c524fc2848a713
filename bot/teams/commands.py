"""Which command somebody typed or chose in Teams, and which form a turn opens that must not become a message."""

from __future__ import annotations

from dataclasses import replace

from bot.chats.desk import Desk
from bot.teams import cloud, forms, render
from bot.teams.package import command_id
from bot.teams.turn import Turn
from handlers import COMMANDS, FORMS, is_private, opened_by
from handlers.plain_words import Lead, Opened
from handlers.room import HELP, Command
from handlers.rules.searching import is_sentence

HOME = ("home", "hello", "hi", "help", "start")


def typed(turn: Turn) -> tuple[str, str]:
    """The command that was typed and the words behind it; twice nothing where it is none."""
    said = f"{turn.command}-"
    word = next((one for one in COMMANDS if said.startswith(f"{one}-")), "")
    return (word, turn.typed[len(word) :].strip()) if word else ("", "")


def chosen(turn: Turn) -> Command | None:
    """The message extension's command; None for one that the app does not have (any more)."""
    named = command_id(str(turn.value.get("commandId") or ""))
    return next((one for word, one in COMMANDS.items() if command_id(word) == named), None)


def understood(turn: Turn, desk: Desk) -> Turn:
    """The turn with where its words lead, which everything that is asked about it begins with: they are read once."""
    return replace(turn, lead=_led(turn, desk))


def _led(turn: Turn, desk: Desk) -> Lead | None:
    """Where words of one's own lead, behind a command or alone; None where there are none, or none are read."""
    if turn.kind != "message" or turn.value or turn.words in (*HOME, *HELP):
        return None
    word, about = typed(turn)
    words = about if word else turn.typed
    return desk.lead(word, words) if words.casefold() not in HELP else None


def wished(turn: Turn) -> Opened | None:
    """The form that a sentence wishes for, filled in by it; a few words are a search, and kept like any press."""
    lead = turn.lead
    return lead if isinstance(lead, Opened) and FORMS[lead.form].sought and is_sentence(lead.sought) else None


def in_confidence(turn: Turn) -> str:
    """The private form that this turn opens, or sends from a client that has made it up; empty for anything else."""
    form = _form(turn)
    return form if is_private(form) else ""


def words_behind(turn: Turn) -> bool:
    """Whether somebody wrote something behind a command, so that it stands in the chat."""
    words = typed(turn)[1] if turn.kind == "message" else ""
    return words != "" and words.casefold() not in HELP


def _form(turn: Turn) -> str:
    if turn.name == cloud.COMMANDED:
        command = chosen(turn)
        return command.form if command else ""
    if turn.kind == "invoke" or turn.value:
        verb, _ = render.pressed(turn.pressed)
        return forms.sent(turn.pressed)[0] if verb == forms.SEND else opened_by(verb)
    word, _ = typed(turn)
    return COMMANDS[word].form if word else ""

"""What a press or a filled form in Teams leads to: the card that is there afterwards.

Buttons are of five kinds (handlers/room.py): `Does` changes something, `Opens` a form, `Shows` a page about a matter,
`Tells` a page of the policy, and `Hands` gives something out, such as a link to the player, on a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import handlers
from bot.chats.background import code_in_link
from bot.chats.desk import Desk, note_page
from bot.ports import Address, Posted
from bot.teams import forms, render
from bot.teams.chat import TeamsChat
from bot.teams.filling import Filling
from bot.teams.render import Element
from bot.teams.turn import HOME, Turn, chosen_command, named_private_form, typed_command, words_behind
from handlers.acting import Blank, home_name
from handlers.cards import Actions, Button, Card, Filled, Line, Page, Sheet
from handlers.home import MANAGE, draw_home
from handlers.inbox import Press
from handlers.matters import showing
from handlers.plain_words import InConfidence, OpensForm, OpensPage, Say
from handlers.room import HELP, Back, Does, Hands, Opens, Shows, Tells
from handlers.rules import Refused
from handlers.sealing import new_id
from handlers.telling import HOME_BUTTON, answer_card, known_commands_words

LONGEST = 200  # characters of what a button of ours is about
LEFT = Page("Not sent", (Line("You left the form. Nothing was sent."),))
LEFT_THERE = Line("Your message is still in this chat. Delete it if you like.")
AT_HOME = Actions((HOME_BUTTON,))
DONE = Page("Done ✓", ())
UNKNOWN = "I don’t know this command. Please write “home” to start again."


class Presses:
    """Everything that is pressed or sent in Teams, in a chat or in a dialog."""

    def __init__(self, chat: TeamsChat, desk: Desk) -> None:
        self.chat, self.desk, chat.pages = chat, desk, desk.pages
        self.filling, self.reading = Filling(chat, desk), Reading(desk)

    async def pressed(self, turn: Turn, data: Mapping[str, Any]) -> Shown:
        """Handle a button of a card in the person's own chat. Raises `Refused`, `Unavailable` or `DatabaseDown`."""
        verb, value = render.read_press(data)
        self.desk.pages.remove(self.place(turn))
        if verb == forms.SEND:
            return await self._submit_form(turn, data)
        if verb == forms.CANCEL:
            return await self._as_lasting_message(turn, LEFT)
        match handlers.BUTTONS.get(verb):
            case Does(back="matter"):
                return await self._do_press(turn, verb, value)
            case Does():
                await self.desk.decide(turn.account, verb, value, turn.key)
                if await self.reading.matter_in(turn) == self.reading.home_name:
                    return await self.reading.home(turn)
                words = handlers.done_words(verb)
                return await self._as_lasting_message(turn, note_page(words) if words else DONE)
            case Opens(form=form) if value:
                return await self._open_form(turn, form, value)
            case Opens():
                await self._post_blank_form(turn)
                return await self.reading.home(turn)
            case Shows() | Tells():
                return await self.reading.read(turn, verb, value)
            case Hands(back=back):
                return await self._hand_out(turn, verb, value, back)
            case _:
                return await self._follow_press(turn, verb, value)

    def private_form(self, turn: Turn) -> str:
        """Return the private form that this turn opens, sends or speaks of; empty for anything else."""
        return turn.lead.form if isinstance(turn.lead, InConfidence) else named_private_form(turn)

    def private_form_page(self, turn: Turn, form: str) -> Page:
        """Return the page with a link to a form that may not be in a message. Nothing is looked up; raises `Refused`."""
        page = self.desk.unseen.instead(turn.account, form)
        left = words_behind(turn) or turn.lead is not None
        return replace(page, parts=(*page.parts, LEFT_THERE)) if left else page

    def press_to_keep(self, turn: Turn) -> Press | None:
        """Return the press in this turn if it should be kept for later; None if it only looks at something."""
        verb, value = self._read_press(turn)
        wanted = handlers.opened_by(verb) or verb
        if turn.learnt is None or wanted not in handlers.WANTED or len(value) > LONGEST:
            return None
        return Press(self.chat.platform, turn.account, wanted, value, turn.key or new_id("K"), turn.learnt)

    def _read_press(self, turn: Turn) -> tuple[str, str]:
        """Return the verb and value of the button pressed, or of the one that typed words stand for; both "" if none."""
        if turn.kind == "invoke" or turn.value:
            return render.read_press(turn.pressed)
        if turn.words in HOME:
            return "home", ""
        word, about = typed_command(turn)
        if turn.lead is not None or not word or about.casefold() in HELP:  # words that lead somewhere are kept nowhere
            return "", ""
        return handlers.COMMANDS[word].form or handlers.COMMANDS[word].does, ""

    async def fill(self, turn: Turn, wish: OpensForm) -> tuple[Sheet, Filled]:
        """Return the form that a sentence wishes for, filled in from it; nothing is kept. Raises `Refused`, `Unavailable` or `DatabaseDown`."""
        await self.desk.begin(turn.account, wish.form)
        blank = partial(Blank, form=wish.form, about=new_id("S"), platform=self.chat.platform, sought=wish.sought)
        return await self.desk.look(turn.account, lambda ctx: handlers.blank_form(ctx, blank(ctx.me.id)))

    async def answer(self, turn: Turn) -> tuple[Card, str]:
        """Return the card that answers a person's words, and the time zone (IANA)."""
        word, about = typed_command(turn)
        command = handlers.COMMANDS.get(word)
        match turn.lead:
            case OpensPage(button=button, value=value):
                page, zone = await self.desk.page(turn.account, button, value)
                whole = Button(render.REST, render.ALL, render.leaf_value(button, value, 0))
                return replace(render.as_card(replace(page, parts=(*page.parts, AT_HOME))), rest=whole), zone
            case Say(page=page_of, about=words):
                page, zone = await self.desk.policy_page(turn.account, page_of, words)
                page = replace(page, parts=(*page.parts, AT_HOME))
            case _ if command is not None and command.page is not None and about.casefold() not in HELP:
                page, zone = await self.desk.policy_page(turn.account, command.page, "")
            case _:
                return answer_card(
                    command.help(word) if command else known_commands_words(handlers.COMMANDS), handlers.BEGINS
                ), turn.reference["zone"]
        return render.as_card(page), zone

    async def dialog(self, turn: Turn, form: str, about: str = "") -> Element:
        """Return a form in a dialog: a new one, filled in like the request `about`, or one about a matter."""
        await self.desk.begin(turn.account, form)
        sheet, filled = self.desk.sheet(form, about), Filled()
        if about and handlers.FORMS[form].new:
            sheet, filled = await self.desk.filled_as_before(turn.account, form, about)
        elif about:
            sheet = await self.desk.introduced(turn.account, form, about)
        if handlers.FORMS[form].new:
            sheet = replace(sheet, about=new_id("S"))
        return render.dialog_task(sheet.title, await self.filling.drawn(turn, sheet, values=filled.values, dialog=True))

    async def fetched(self, turn: Turn) -> Element:
        """Return the dialog for a request that names none: the form with which everything begins."""
        return await self.dialog(turn, handlers.opened_by(handlers.BEGINS[0].action))

    async def commanded(self, turn: Turn) -> Element:
        """Return the dialog of a message extension's command, or the home; raises `Refused` for an unknown command.

        A command that does something shows its button first, since it's easily chosen by mistake from a menu.
        """
        if turn.value.get("commandId") == "home":
            return await self.reading.in_dialog(turn, "home", "")
        command = chosen_command(turn)
        if command is None:
            raise Refused(UNKNOWN)
        if command.does:
            button = Button(command.does, handlers.button_label(command.does), "", "primary")
            return _dialog_task(Page(command.says, (Line(command.asks), Actions((button,)))), "UTC")
        if command.page is None:
            return await self.dialog(turn, command.form)
        return _dialog_task(*await self.desk.policy_page(turn.account, command.page, ""))

    async def sent_in_dialog(self, turn: Turn) -> Element:
        """Handle a form or button in a dialog; return the dialog's new content."""
        verb, value = render.read_press(turn.pressed)
        if verb != forms.SEND:
            return await self._pressed_in_dialog(turn, verb, value)
        answered = await self.filling.submit(turn, turn.pressed, dialog=True)
        if isinstance(answered, Page):
            return _dialog_task(answered, await self.reading.zone(turn), *way_home(turn))
        return render.dialog_task(*answered)

    async def _pressed_in_dialog(self, turn: Turn, verb: str, value: str) -> Element:
        """Do or show what a button in a dialog asks for, and return the dialog's new content."""
        at = 0
        match handlers.BUTTONS.get(verb):
            case Opens(form=form):
                return await self.dialog(turn, form, value)
            case Hands():
                if page := await self.desk.hand(turn.account, verb, value, turn.key):
                    return _dialog_task(page, await self.reading.zone(turn), *way_home(turn))
                verb = showing.DETAILS
            case Does(back=back):
                await self.desk.decide(turn.account, verb, value, turn.key)
                if sentence := handlers.done_words(verb):
                    return _dialog_task(note_page(sentence), "UTC", *way_home(turn))
                verb = showing.DETAILS if back == "matter" else MANAGE
            case _ if verb == "home":  # where this dialog began
                return await self.commanded(turn)
            case _ if verb == render.REST:
                at, verb, value = render.read_leaf(value)
        return await self.reading.in_dialog(turn, verb, value, at)

    def again(self, turn: Turn, words: str) -> Element:
        """Return a form in a dialog again, with why it wasn't accepted. Nothing is looked up; raises `Refused` for an unknown form."""
        data = forms.restore_choices(turn.pressed)
        (name, about), typed = forms.read_sent_form(data), forms.typed_values(data)
        sheet = self.desk.redrawn(name, typed, about, *forms.read_opening(data))
        values = {**typed, **forms.read_answers(typed, sheet)}
        drawn = forms.draw_form(sheet, values=values, problems={"": words}, dialog=True)
        return render.dialog_task(sheet.title, self.chat.with_usable_lists(drawn))

    def place(self, turn: Turn) -> Posted:
        """Return the message whose card was pressed."""
        return Posted(turn.conversation, turn.card)

    async def _hand_out(self, turn: Turn, verb: str, value: str, back: Back) -> Shown:
        """Show what one of `Hands` gives in place of the card, which isn't redrawn while that is of use."""
        way_back, pages, place = await self.reading.way_back(turn, back, value), self.desk.pages, self.place(turn)
        close = partial(self._close_page, turn, way_back.buttons[0])
        pages.add(place, close)  # first, since handing it out may cause a redraw at once
        page = await self.desk.hand(turn.account, verb, value, turn.key)
        if page is None:
            pages.remove(place)
            return await self._without_page(turn, way_back.buttons[0])
        pages.add(place, close, code_in_link(page))
        return page_shown(page, await self.reading.zone(turn), way_back)

    async def _close_page(self, turn: Turn, back: Button) -> None:
        """Show what the button below the page leads back to, unless the person has opened another page there meanwhile."""
        shown = await self._without_page(turn, back)
        if shown.card is not None and turn.card and self.place(turn) not in self.desk.pages:
            message = self.chat.message(shown.card, shown.words)
            await self.chat.replace(Address(turn.account, turn.reference), self.place(turn), message)

    async def _without_page(self, turn: Turn, back: Button) -> Shown:
        """Show what the button below a page leads back to."""
        return await (self.reading.home(turn) if back.action == "home" else self._show_matter(turn, back.value))

    async def _do_press(self, turn: Turn, verb: str, matter: str) -> Shown:
        """Make a change, then show the matter's card as it is afterwards, or the home if it was pressed there."""
        whisper = self.desk.tells_later(verb, matter)
        try:
            await self.desk.decide(turn.account, verb, matter, turn.key, whisper=whisper)
        except Refused:
            if not whisper:  # else it is told by a message of its own, which lasts
                raise
        if await self.reading.matter_in(turn) == self.reading.home_name:
            return await self.reading.home(turn)
        return await self._show_after(turn, matter)

    async def _show_after(self, turn: Turn, matter: str) -> Shown:
        """Show the matter's card as it is after a change."""
        await self._remember_card(turn, matter)
        return await self._show_matter(turn, matter)

    async def _remember_card(self, turn: Turn, matter: str) -> None:
        """Note that the person can be reached if they pressed the matter's card itself, not a button in another message."""
        if turn.card and not render.on_a_line(turn.pressed):
            await self.desk.note_reachable(turn.account, matter)

    async def _open_form(self, turn: Turn, form: str, matter: str) -> Shown:
        """Post the form as a message, and leave the card as it is. Raises `Refused` if the person couldn't send it."""
        try:
            await self.desk.introduced(turn.account, form, matter)
        except Refused:
            await self._remember_card(turn, matter)  # the card in front of the person may be out of date
            raise
        shown = await self._show_matter(turn, matter)
        await self._post_blank_form(turn)
        await self._remember_card(turn, matter)
        return shown

    async def _post_blank_form(self, turn: Turn) -> None:
        """Post a blank form through the outbox, once for each activity, however often Teams reports it."""
        if press := self.press_to_keep(turn):
            await self.desk.carry_out(press)

    async def _show_matter(self, turn: Turn, matter: str) -> Shown:
        """Show the card that the message is a copy of, else the matter's; in the home's place, its details with a way back.

        Raises `Refused` if there is none.
        """
        here = await self.reading.matter_in(turn)
        if here == self.reading.home_name:
            return await self.reading.read(turn, showing.DETAILS, matter)
        found = await self.desk.shown(turn.account, here or matter, turn.card)
        if found is None:
            raise Refused(showing.GONE)
        card, zone = found
        return Shown(render.card_content(card, zone), card.summary)

    async def _follow_press(self, turn: Turn, verb: str, value: str) -> Shown:
        """Follow a button that only turns pages: back to the card, home, or to the next leaf of a long page."""
        match verb:
            case "show":  # what changed while a page was open in its place is drawn now
                return await self._show_after(turn, value)
            case "home":
                return await self.reading.home(turn)
            case render.REST:
                at, button, about = render.read_leaf(value)
                return await self.reading.read(turn, button, about, at)
            case _:
                return Shown(None, ODD)

    async def _submit_form(self, turn: Turn, data: Mapping[str, Any]) -> Shown:
        answered = await self.filling.submit(turn, data, dialog=False)
        if isinstance(answered, Page):
            return await self._as_lasting_message(turn, answered)
        title, drawn = answered
        return Shown(drawn, title)

    async def _as_lasting_message(self, turn: Turn, page: Page) -> Shown:
        """Show a page that also stays in the chat, in place of the form."""
        drawn = render.render_page(page, await self.reading.zone(turn))
        return Shown(drawn, page.title, self.chat.message(drawn, page.title))


def _dialog_task(page: Page, zone: str, *more: Actions) -> Element:
    drawn = render.render_page(replace(page, parts=(*page.parts, *more)), zone, dialog=True)
    return render.dialog_task(page.title, drawn)


BACK = Actions((Button("home", "Back", ""),))
ODD = "This button no longer works. Please write “home” to start again."


@dataclass(frozen=True, slots=True)
class Shown:
    """What replaces the card (None: only `words` are said), and a message to write in its place if it should last."""

    card: Element | None
    words: str = ""
    lasting: dict[str, Any] | None = None


class Reading:
    """Shows pages and the home. Raises `Refused`, `Unavailable` or `DatabaseDown`."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.home_name = desk, home_name(desk.directory.chat.platform)

    async def read(self, turn: Turn, verb: str, value: str, at: int = 0) -> Shown:
        """Show a button's page, from its `at`th leaf if it takes several, with a way back."""
        match handlers.BUTTONS.get(verb):
            case Shows(back=back):
                more: tuple[Actions, ...] = (await self.way_back(turn, back, value),)
            case Tells():
                more = back_to_overview(verb, value)
            case _:
                return await self.home(turn, at) if verb == "home" else Shown(None, ODD)
        page, zone = await self._find_page(turn, verb, value)
        drawn = render.render_leaf(page, zone, at, lambda leaf: render.leaf_value(verb, value, leaf), more)
        return Shown(drawn, page.summary or page.title)

    async def matter_in(self, turn: Turn) -> str:
        """Return the matter of whose card the pressed message is the person's copy, or the name of their home."""
        return await self.desk.look(turn.account, lambda ctx: ctx.store.outbox.matter_in(ctx.me.id, turn.card))

    async def way_back(self, turn: Turn, back: Back, value: str) -> Actions:
        """Return the button that leads back to what the message was before a page took its place, else where `back` says."""
        match await self.matter_in(turn):
            case "":
                return back_to(back, value)
            case self.home_name:
                return BACK
            case matter:
                return back_to("matter", matter)

    async def in_dialog(self, turn: Turn, verb: str, value: str, at: int = 0) -> Element:
        """Return a button's page in a dialog, with the way back to its clauses or to the home where the dialog began."""
        page, zone = await self._find_page(turn, verb, value)
        tells = isinstance(handlers.BUTTONS.get(verb), Tells)
        more = back_to_overview(verb, value) if tells else way_home(turn) if verb != "home" else ()
        drawn = render.render_leaf(page, zone, at, lambda leaf: render.leaf_value(verb, value, leaf), more, dialog=True)
        return render.dialog_task(page.title, drawn)

    async def _find_page(self, turn: Turn, verb: str, value: str) -> tuple[Page, str]:
        """Return the page that a button leads to, and the reader's time zone (IANA)."""
        match handlers.BUTTONS.get(verb):
            case Shows():
                return await self.desk.page(turn.account, verb, value)
            case Tells(page=page_of):
                return await self.desk.policy_page(turn.account, page_of, value)
            case _ if verb == "home":
                card, zone = await self.desk.look(turn.account, lambda ctx: (draw_home(ctx), ctx.me.zone))
                return Page(card.title, card.parts, card.summary), zone
            case _:
                raise Refused(ODD)

    async def home(self, turn: Turn, at: int | None = None) -> Shown:
        """Return the home, or one leaf of it."""
        page, zone = await self._find_page(turn, "home", "")
        if at is None:
            return Shown(render.card_content(render.as_home_card(Card(page.parts, page.summary)), zone), page.summary)
        return Shown(render.render_leaf(page, zone, at, lambda leaf: render.leaf_value("home", "", leaf)), page.summary)

    async def zone(self, turn: Turn) -> str:
        """Return the reader's time zone (IANA)."""
        return await self.desk.look(turn.account, lambda ctx: ctx.me.zone)


def back_to(back: Back, matter: str) -> Actions:
    """Return the button beneath a page that leads back."""
    return BACK if back == "home" else Actions((Button("show", "Back to the card", matter),))


def way_home(turn: Turn) -> tuple[Actions, ...]:
    """Return the button beneath a dialog's page that leads back to the home; none if the dialog began elsewhere."""
    return (BACK,) if turn.value.get("commandId") == "home" else ()


def back_to_overview(verb: str, value: str) -> tuple[Actions, ...]:
    """Return the button beneath one of the policy's pages that leads back to all of them; none beneath that."""
    return (Actions((Button(verb, "Back", ""),)),) if value else ()


def page_shown(page: Page, zone: str, *more: Actions) -> Shown:
    """Show a page in place of the card; it must be short enough for one card."""
    return Shown(render.render_page(replace(page, parts=(*page.parts, *more)), zone), page.summary or page.title)

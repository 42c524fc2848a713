"""Carries out commands, presses and forms for every chat platform, in no platform's own shapes."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import structlog

import handlers
from bot.chats.background import OpenPages
from bot.chats.directory import Directory
from bot.ports import Address, Unavailable, Unreachable
from handlers import inbox
from handlers.acting import DELIVERY, Actor, Context, Intent
from handlers.breach.cards import report_shown
from handlers.cards import HINT, Actions, Card, Filled, Line, Lookup, Option, Page, Sheet
from handlers.door import Door, Repeated
from handlers.forms import Answers, Form
from handlers.home import closed_home
from handlers.matters.showing import note_press, show_card
from handlers.plain_words import Lead
from handlers.room import Given, Hands, PolicyPage, Search, Shows
from handlers.rules import Refused, identity
from handlers.sealing import hashed_name
from handlers.telling import HOME_BUTTON, details_button
from storage.database.store import DatabaseDown, Store

T = TypeVar("T")
log = structlog.get_logger()
UNREAD = "I can’t show you the details to confirm right now. Please try again in a minute."
SLOW = "I couldn’t do that just now. Nothing is lost: please press the button again in a minute."
SOON = timedelta(seconds=2)  # before what was kept is tried again


CALLS = ("recordings", "customer_calls")  # the look-ups that READING is about
OTHERS = "Please fill in these fields too."
ANY_STAFF = -1  # no one's id; a page that differs for them is drawn for who reads it
MORE = "Please add these details to send it."
READING = "I’m still loading the calls. If yours is missing, please try again in a few minutes."

NOT_NOW = Option(HINT, "I can’t search right now", "Please type again in a moment.")
"""Offered by a list while nothing can be looked up: an empty list would say that there is no such call."""


class Desk:
    """One platform's desk: what its adapter asks for a person, and gets as forms, pages and words.

    `account` is that platform's id of the person's account; a `key` is used only once.

    Unless it says otherwise, a method raises `Refused`, `Unavailable` (the platform can't say who asks) and `DatabaseDown`.
    """

    def __init__(
        self, door: Door, directory: Directory, public_url: str, reading: Callable[[], bool] = bool,
        kept: Callable[[], object] = bool, pages: OpenPages | None = None,
    ) -> None:  # fmt: skip
        """`reading` returns True while the calls are first loaded, so that some may be missing; `kept` is called for each press kept.

        `pages` are those that were handed out on any platform.
        """
        self.door, self.reading = door, reading
        self.directory, self.public_url, self._note_kept = directory, public_url.rstrip("/"), kept
        self.unseen, self.pages = Unseen(door, directory, self.public_url), pages or OpenPages(door.now)

    def sheet(self, form: str, about: str = "") -> Sheet:
        """Return the blank form of this name."""
        return self._draw_sheet(form, {}, about)

    def redrawn(self, form: str, answers: Answers, about: str = "", sought: str = "", words: str = "") -> Sheet:
        """Return the form that these answers need, which may be another one.

        Fields keep their names, so what was typed can stay. `sought` is what it was opened to look for, `words` the text
        above its fields then.
        """
        needed = self._draw_sheet(
            handlers.form_needed(form, answers), answers, about, words.removeprefix(READING).strip()
        )
        return replace(needed, sought=sought)

    def valid_answers(self, sheet: Sheet, filled: Filled) -> Filled:
        """Return the answers given in another form, without choices that don't exist in this one (`sheet`)."""
        values: dict[str, str | Sequence[str]] = dict(filled.values)
        kind = handlers.form_of(sheet.name, self._form_context(sheet.about, {}))
        for name, chosen in filled.values.items():
            if not isinstance(chosen, str) and name in kind.model_fields:
                values[name] = [one for one in chosen if kind.takes(name, [one])]
        return replace(filled, values=values)

    def _form_context(self, about: str, answers: Answers) -> Given:
        """Return what decides which fields and choices a form has."""
        return Given(self.door.policy, self.door.now(), about, answers)

    def _draw_sheet(self, form: str, answers: Answers, about: str, words: str = "") -> Sheet:
        """Return the form with these words above its fields, and a note if it looks up calls and they aren't all loaded."""
        sheet = handlers.form_of(form, self._form_context(about, answers)).sheet(self.door.policy, about, words)
        looks_up = any(isinstance(one, Lookup) and one.source in CALLS for one in sheet.fields)
        return replace(sheet, intro=f"{READING} {words}".strip()) if looks_up and self.reading() else sheet

    async def filled_from_search(self, account: str, form: str, words: str) -> tuple[Sheet, Filled]:
        """Return the form filled in from a search; blank if that can't be looked up. Never raises."""
        return await self._fill_sheet(account, form, handlers.find_form(form).sought, words)

    async def filled_as_before(self, account: str, form: str, before: str) -> tuple[Sheet, Filled]:
        """Return the form as this person filled it in before; blank if that can't be looked up. Never raises."""
        return await self._fill_sheet(account, form, handlers.find_form(form).again, before)

    async def derived(self, account: str, form: str, answers: Answers) -> Mapping[str, str]:
        """Return the values that follow from these answers, by field, such as the CRM reference of a call; empty without any.

        Never raises.
        """
        try:
            supply = handlers.find_form(form).supplied
            return await self.look(account, lambda ctx: supply(ctx, answers)) if supply else {}
        except (Refused, DatabaseDown, Unavailable):
            return {}

    async def introduced(self, account: str, form: str, about: str) -> Sheet:
        """Return the blank form with what this person should read first, or without it if it can't be read and isn't vital.

        Raises `Refused` if the form couldn't be sent. For a private form no one is looked up.
        """
        words = ""
        if not handlers.find_form(form).private:
            try:
                words = await self.look(account, lambda ctx: handlers.form_introduction(ctx, form, about))
            except (DatabaseDown, Unavailable) as error:
                if handlers.find_form(form).kind.read_first:
                    raise Refused(UNREAD) from error
        return self._draw_sheet(form, {}, about, words)

    def lead(self, command: str, words: str) -> Lead | None:
        """Return the form or page that a person's words lead to, after a command or without one (empty). It stores nothing."""
        return handlers.lead_from_words(self.door.policy, command, words)

    async def begin(self, account: str, form: str) -> None:
        """Raise `Refused` if this account may not open a form; for a private form no one is looked up."""
        if not handlers.find_form(form).private:
            await self.door.enter(handlers.open_form(form), await self.directory.visitor(account))

    async def take(self, press: inbox.Press) -> bool:
        """Do what was pressed; keep it for later if the platform can't say who pressed.

        Returns True if it was done. The person is told of a refusal. Raises `Refused` (too much is kept already) and
        `DatabaseDown`.
        """
        try:
            await self.carry_out(press)
        except Unavailable:
            await self.keep(press)
            return False
        return True

    async def keep(self, press: inbox.Press, *, at_once: bool = False) -> None:
        """Keep a press in the inbox until the platform can say who pressed; once for each key. It's first tried `at_once`, or soon.

        Raises `Refused` and `DatabaseDown`.
        """
        due = self.door.now() + (timedelta(0) if at_once else SOON)
        with suppress(Repeated):
            await self.door.enter(inbox.keep_press(press, due), DELIVERY, key=f"kept:{press.key}")
            self._note_kept()

    async def carry_out(self, press: inbox.Press, *, kept_since: datetime | None = None) -> str:
        """Do what was pressed, as the person that the account is now, and tell them if it's refused.

        Returns what to tell the person if a kept press is done late, else an empty string. Raises `Unavailable` and
        `DatabaseDown`.
        """
        is_change, is_late = press.verb in handlers.CHANGES, kept_since is not None
        wanted = handlers.WANTED[press.verb](press.value)
        visitor = await self.directory.visitor(press.account, deciding=is_change, reference=press.reference or None)
        try:
            await self.door.enter(wanted, visitor, key=press.key, whisper=not is_late, kept_since=kept_since)
        except Repeated:
            return ""
        except Refused as refusal:
            if is_late and refusal.code not in identity.STANDINGS:
                return str(refusal)
            if wanted.handler.private or refusal.code in identity.STANDINGS:
                await self._tell_refusal(press, str(refusal))
            return ""
        return inbox.done_late_words(press, handlers.button_label(press.verb)) if is_late and is_change else ""

    async def say(self, to: Address, words: str, once: str) -> None:
        """Tell the person who just pressed or typed something, at once or through the outbox; there once for each key (`once`)."""
        platform = self.directory.chat.platform
        try:
            await self.directory.chat.whisper(to, words)
        except Unavailable:
            await self.door.enter(inbox.say_to_account(platform, to.account_id, words, once), DELIVERY)

    async def _tell_refusal(self, press: inbox.Press, words: str) -> None:
        """Tell a person of a refusal that the delivery doesn't report: their account may not act, or a report is concerned.

        Home says so itself. A person who is only being welcomed asked for nothing, and isn't told.
        """
        chat, to = self.directory.chat, Address(press.account, press.reference)
        try:
            if press.verb == "home":
                await chat.home(to, closed_home(words), "UTC")
            elif press.verb != "welcome":
                await chat.whisper(to, words)
        except Unreachable as error:
            log.warning("desk.unreachable", code=error.code)

    def tells_later(self, press: str, value: str) -> bool:
        """Return True if a refusal of this change may be told in a message of its own; never so for a report."""
        return not handlers.CHANGES[press].intent(value).handler.private

    async def decide(self, account: str, press: str, value: str, key: str, *, whisper: bool = False) -> None:
        """Do one of `CHANGES`, once for each key; with `whisper` the delivery also tells the person of a refusal."""
        await self._do_once(account, handlers.CHANGES[press].intent(value), key, whisper=whisper)

    async def submit(
        self, account: str, form: str, about: str, answers: Answers, key: str, drawn: Collection[str]
    ) -> Sheet | Page | str:
        """Send a form, and return what it leads to.

        That is another form or page to show, or a sentence; empty if a card says everything. `drawn` names the fields that
        the person saw. A `Refused` has `fields` if some of them must be corrected.
        """
        needed = handlers.form_needed(form, answers)
        kind = handlers.form_of(needed, self._form_context(about, answers))
        # The answers need another form, or fields that the person hasn't seen yet.
        if needed != form or not set(kind.model_fields) <= set(drawn):
            return self._draw_sheet(needed, answers, about)
        entry = handlers.find_form(form)
        if entry.private:
            return await self.unseen.send(account, form, about, kind.read(answers), key)
        empty = [name for name in kind.model_fields if not str(answers.get(name, "")).strip()]
        if entry.supplied and empty:
            supply = entry.supplied
            derived = await self.look(account, lambda ctx: supply(ctx, answers))
            answers = {**answers, **{name: derived[name] for name in empty if name in derived}}
        intent = entry.send(about, kind.read(answers), key)
        # What begins something (`new`) stores the key itself, since the same form sent again is also known by its content.
        if not entry.new:
            await self._do_once(account, intent, key)
            return ""
        reply = await self.door.enter(intent, await self.directory.visitor(account))
        return entry.after(reply) if entry.after else ""

    async def hand(self, account: str, button: str, value: str, key: str) -> Page | None:
        """Return the page with what one of `Hands` gives, or with why it doesn't; None if this press was answered before.

        Who asks is looked up again, as for a decision: a link in the wrong hands can't be called back.
        """
        hands = cast("Hands", handlers.BUTTONS[button])
        try:
            visitor = await self.directory.visitor(account, deciding=True)
            given = await self.door.enter(hands.intent(value), visitor, key=key)
        except Repeated:
            return None
        except Refused as refusal:
            return note_page(str(refusal))
        except (DatabaseDown, Unavailable) as error:
            log.warning("desk.not_handed", why=str(error))
            return note_page(SLOW)
        return hands.page(given, self.public_url)

    async def page(self, account: str, button: str, value: str) -> tuple[Page, str]:
        """Return the page that one of `Shows` shows, and the reader's time zone (IANA)."""
        page = cast("Shows", handlers.BUTTONS[button]).page
        return await self.look(account, lambda ctx: (page(ctx, value), ctx.me.zone))

    async def policy_page(self, account: str, page: PolicyPage, about: str) -> tuple[Page, str]:
        """Return a page from the policy, and the reader's time zone (IANA). Never raises.

        No one is looked up for a page that everyone may read.
        """
        for_staff, for_all = (page(self.door.policy, about, reader) for reader in (ANY_STAFF, 0))
        if for_staff != for_all:
            with suppress(Refused, DatabaseDown, Unavailable):
                return await self.look(account, lambda ctx: (page(ctx.policy, about, ctx.me.id), ctx.me.zone))
        return for_all, "UTC"

    async def zone(self, account: str) -> str | None:
        """Return the time zone (IANA) of a person who may act; None for others, or if it can't be looked up. Never raises."""
        try:
            return await self.look(account, lambda ctx: ctx.me.zone)
        except (Refused, DatabaseDown, Unavailable):
            return None

    async def shown(self, account: str, matter: str, message: str = "") -> tuple[Card, str] | None:
        """Return a matter's or report's card as this person sees it now, and their time zone (IANA).

        None if they have no card of it. `matter` is the value of the pressed button, `message` the message that it's in.
        If that isn't their copy, which alone is redrawn, the card only leads to Details and to what else was in the message.
        """
        matter = matter.partition(":")[0]

        def ask(ctx: Context) -> tuple[Card, str] | None:
            me = ctx.me
            try:
                drawn = show_card(ctx, matter, me.id)
            except Refused:
                card = report_shown(ctx, matter, message)
            else:
                card, copy = drawn.card if drawn else None, ctx.store.outbox.copy(matter, me.id)
                if card and message and (copy is None or copy.message != message):
                    card = Card(
                        (Line(card.title), Actions((*details_button(matter).buttons, HOME_BUTTON))), card.summary
                    )
            return (card, me.zone) if card else None

        return await self.look(account, ask)

    async def find(self, account: str, source: str, typed: str) -> list[Option]:
        """Return what a search finds; empty for a person who may not ask, `NOT_NOW` if it can't be looked up. Never raises."""
        with suppress(DatabaseDown, Unavailable):
            return await self._find_options(account, source, lambda ctx, by: by.find(ctx, typed))
        return [NOT_NOW]

    async def named(self, account: str, source: str, values: Iterable[str]) -> list[Option]:
        """Return the options chosen before, by their values; empty if they can't be looked up. Never raises."""
        with suppress(DatabaseDown, Unavailable):
            return await self._find_options(account, source, lambda ctx, by: by.named(ctx, list(values)))
        return []

    async def note_reachable(self, account: str, matter: str) -> None:
        """Note that the person who pressed a card can be reached. Never raises.

        `matter` is the button's value: an id, and possibly more after a colon.
        """
        with suppress(Refused, DatabaseDown, Unavailable):
            visitor = await self.directory.visitor(account)
            identity.may_act(visitor.standing)
            await self.door.enter(note_press(matter.partition(":")[0]), visitor)

    async def look(self, account: str, ask: Callable[[Context], T]) -> T:
        """Return what `ask` reads for a person who may act, as platform and store say; nothing is logged."""
        visitor = await self.directory.visitor(account)
        identity.may_act(visitor.standing)
        return await self.door.database.read(lambda store: ask(self._context_for(store, visitor)))

    async def _fill_sheet(
        self, account: str, form: str, fill: Callable[[Context, str], tuple[Sheet, Filled]] | None, value: str
    ) -> tuple[Sheet, Filled]:  # fmt: skip
        """Return the form as `fill` fills it in; blank if that isn't possible. Never raises."""
        try:
            sheet, filled = (
                await self.look(account, lambda ctx: fill(ctx, value)) if fill else (self.sheet(form), Filled())
            )
        except (Refused, DatabaseDown, Unavailable):
            return self.sheet(form), Filled()
        return (replace(sheet, intro=f"{READING} {sheet.intro}".strip()) if self.reading() else sheet), filled

    async def _do_once(self, account: str, intent: Intent[Any], key: str, *, whisper: bool = False) -> None:
        """Make a change once per key; who asks is looked up again, since a right may have ended since the card was sent."""
        visitor = await self.directory.visitor(account, deciding=True)
        with suppress(Repeated):
            await self.door.enter(intent, visitor, key=key, whisper=whisper)

    async def _find_options(
        self, account: str, source: str, ask: Callable[[Context, Search], list[Option]]
    ) -> list[Option]:
        """Return what `ask` gets from the search of this name; empty without such a search, or if the person may not ask."""
        if (search := handlers.SEARCHES.get(source)) is None:
            return []
        with suppress(Refused):
            look = self.unseen.options if search.private else self.look
            return await look(account, lambda ctx: ask(ctx, search))
        return []

    def _context_for(self, store: Store, visitor: Actor) -> Context:
        """Return what a page or search reads with; raises `Refused` if the store says that the person may not act."""
        ctx = self.door.context(store, visitor)
        identity.may_act(ctx.me.standing)
        return ctx


def note_page(words: str) -> Page:
    """Return a dialog that only says something to the person."""
    return Page("Please note", (Line(words),))


ANYBODY = Actor("anybody")
"""Who looks something up in a private form: the search isn't told who it is."""


class Unseen:
    """One platform's desk for private forms, which leave no trace of the person. `account` is that platform's id, passed on only to what a form asks for."""

    def __init__(self, door: Door, directory: Directory, public_url: str) -> None:
        self.door, self.directory, self.public_url = door, directory, public_url

    async def send(self, account: str, form: str, about: str, given: Form, key: str) -> Page | str:
        """Send a private form and return what it leads to.

        Anyone may send it, whatever the state of the platform; the same key is sent only once. Raises `Refused` and
        `DatabaseDown`.
        """
        entry = handlers.find_form(form)
        intent = entry.send(about, given, hashed_name(key))
        if not intent.handler.private:
            raise TypeError(f"{form} is private, so it may not do what writes to the audit log")
        reply = await self.door.enter(intent, Actor(self._account_name(account)))
        return self._with_full_links(entry.after(reply)) if entry.after else ""

    async def options(self, account: str, ask: Callable[[Context], list[Option]]) -> list[Option]:
        """Return what a search finds, for members only, so that strangers can't list the staff. Raises as `Desk.look`."""
        if await self.directory.unseen(account) != "member":
            return []
        return await self.door.look(ANYBODY, ask)

    def instead(self, account: str, form: str) -> Page:
        """Return the page with a link to a web page with this form, valid for this account and a short time.

        Nothing is looked up or stored. Raises `Refused` if the form has no web page.
        """
        draw = handlers.find_form(form).instead
        if draw is None:
            raise Refused("You can’t fill this in here. Please open it with its button or command.", code="no_page")
        return draw(self.door.keys, self._account_name(account), self.door.now(), self.public_url)

    async def say(self, to: Address, words: str) -> None:
        """Tell the person who just pressed or typed something, now or not at all. Never raises."""
        try:
            await self.directory.chat.whisper(to, words)
        except (Unavailable, Unreachable) as error:
            log.warning("desk.unreachable", code=error.code)

    def _with_full_links(self, shown: Page | str) -> Page | str:
        """Return the page with full addresses in the buttons that lead to our own pages."""
        if not isinstance(shown, Page):
            return shown
        return replace(
            shown, parts=tuple(self._link_actions(one) if isinstance(one, Actions) else one for one in shown.parts)
        )

    def _link_actions(self, actions: Actions) -> Actions:
        """Return the buttons, those for our own pages with full addresses."""
        buttons = (
            replace(one, url=f"{self.public_url}{one.url}") if one.url and one.url.startswith("/") else one
            for one in actions.buttons
        )
        return Actions(tuple(buttons))

    def _account_name(self, account: str) -> str:
        """Return the account's name over all platforms, as an `Actor` has it."""
        return f"{self.directory.chat.platform}:{account}"

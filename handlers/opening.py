"""Opening a form: whoever may not act is refused at once, and on a platform where a form is a message it is posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handlers.acting import Context, Result
from handlers.cards import Filled, Lookup, Sheet
from handlers.effects import Blank
from handlers.ids import new_id
from handlers.room import Asks, Given, Search
from handlers.rules.refusal import Refused


def open_form(ctx: Context, form: str = "", about: str = "", sought: str = "", *, new: bool = False) -> Result[None]:
    """Whoever may act may open a form, and whoever may not is refused now, not only when it has been filled in.

    A `form` that is named comes as a message of its own, about `about` or, where it is to begin something `new`, filled in
    from what `about` was asked with or for what is `sought`. Without one only the right to open it is looked at. What is new
    has an id, so that it is sent once.
    """
    me, platform = ctx.me, ctx.who.platform
    if not form:
        return Result(None, quiet=True)
    blank = Blank(me.id, form, new_id("S"), platform, about, sought) if new else Blank(me.id, form, about, platform)
    return Result(None, (blank,), quiet=True)


def form_to_post(ctx: Context, intent: Blank, asks: Asks, searches: Mapping[str, Search]) -> tuple[Sheet, Filled]:
    """The form that a `Blank` is to post, as it is for who asks now, and what stands in it or can be chosen."""
    if intent.before and asks.again:
        sheet, filled = asks.again(ctx, intent.before)
    elif intent.sought and asks.sought:
        sheet, filled = asks.sought(ctx, intent.sought)
    else:
        values = asks.supplied(ctx, {}) if asks.supplied and asks.new else {}
        kind = asks.form(Given(ctx.policy, ctx.now, intent.about))
        sheet, filled = kind.sheet(ctx.policy, "", _introduction_shown(ctx, asks, intent.about)), Filled(values)
    newest = {one.name: searches[one.source].find(ctx, "") for one in sheet.fields if isinstance(one, Lookup)}
    offered = {name: [*filled.offered.get(name, ()), *found] for name, found in newest.items()}
    return replace(sheet, about=intent.about), replace(filled, offered=offered)


def introduction_for(ctx: Context, asks: Asks, about: str) -> str:
    """What stands above a form's fields for who asks, beyond the form's own words; raises `Refused`."""
    return asks.intro(ctx, about) if asks.intro else ""


def _introduction_shown(ctx: Context, asks: Asks, about: str) -> str:
    try:
        return introduction_for(ctx, asks, about)
    except Refused:
        return ""

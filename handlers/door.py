"""The one door: every click, command, web request and tick enters here, and nothing happens unrecorded."""

from collections.abc import Callable, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any, TypeVar, cast

from handlers import acting, sealing
from handlers.acting import Actor, Context, Effect, Home, Intent, Once, Show, Whisper, as_id, kind_of, lane_of, seated
from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules.identity import STANDINGS, Standing, may_act
from storage.audit import Entry
from storage.database.store import Database, Store
from storage.outbox import NewEffect

R = TypeVar("R")


class Repeated(Exception):
    """This was already done, by the same key; nothing is done a second time."""


class Door:
    """Opens the transaction, runs the handler, writes the audit entry, queues the effects and commits.

    `after` is called when effects were queued, so that delivery starts at once; it gets the ids of those that this process
    took over because `takes_over` said so. `confided` is called after private work, which may have messages to send.
    `copies_at` and `outside` are passed on to the `Context`.
    """

    def __init__(
        self, database: Database, policy: Policy, now: Callable[[], datetime], after: Callable[[Sequence[str]], None] = lambda _: None, keys: sealing.Keys = acting.NONE,
        confided: Callable[[], None] = lambda: None, copies_at: str = "",
    ) -> None:  # fmt: skip
        self.database, self.policy, self.now, self.after = database, policy, now, after
        self.keys, self.confided, self.copies_at = keys, confided, copies_at
        self.takes_over: Callable[[int], bool] = lambda _: False
        self.outside: dict[str, int] = {}
        self.journal = 0  # the newest entry of the log that the journal holds, as far as this program knows

    def context(self, store: Store, who: Actor) -> Context:
        """Return the context of a person who only reads, within a transaction."""
        return self._context_for(store, who, self.now())

    async def look(self, who: Actor, ask: Callable[[Context], R]) -> R:
        """Read as this person; nothing is recorded. Raises `DatabaseDown` and anything that `ask` raises."""
        return await self.database.read(lambda store: ask(self.context(store, who)))

    async def enter(
        self, intent: Intent[R], who: Actor, *, key: str = "", whisper: bool = False, due: str = "",
        kept_since: datetime | None = None,
    ) -> R:  # fmt: skip
        """Do what is asked. Raises `Refused`, `Repeated` (same `key` again) or `DatabaseDown`.

        A refusal is recorded too, unless it is private; with `whisper` the person is told of one that is not, as a durable effect.
        `due` is the key of the deadline that asks for it: it is settled with what is done, and one that is settled
        already, or was moved, raises `Repeated`. `kept_since` (aware) says that it was asked for then, and had to wait.
        """
        key = sealing.short_key(key)
        try:
            reply, taken = await self.database.write(
                lambda store: self._run_intent(store, intent, who, key, due, kept_since),
                intent.prefetch(who.person_id, self.policy.named),
                alone=intent.handler.private,
            )
        except Refused as refusal:
            # People who may not act here are told by the answer itself: the delivery sends nothing to such an account.
            # Private work also leaves no message in the outbox: the person is told in the answer.
            tell = whisper and not intent.handler.private and refusal.code not in STANDINGS
            refused, words = refusal, str(refusal) if tell else ""
            if not intent.handler.private:
                await self.database.write(lambda store: self._log_refusal(store, intent, who, key, refused, words))
            self.after(())
            raise
        if taken is not None:
            self.after(taken)
        if intent.handler.private:
            self.confided()
        return reply

    def _run_intent(
        self, store: Store, intent: Intent[R], who: Actor, key: str, due: str = "", kept_since: datetime | None = None
    ) -> tuple[R, Sequence[str] | None]:
        """Run the handler in this transaction, log it and queue its effects.
        Return the reply and: None if nothing was queued, () if the worker will deliver it later, or the ids of the
        effects that this process took over.
        """
        now = self.now()
        if key and not intent.handler.private and store.outbox.seen(key, now):
            raise Repeated(key)
        # Before its handler, which may set the same one again.
        if due and not store.deadlines.settle(due, now):
            raise Repeated(due)
        if who.person_id is not None or who.platform:
            may_act(who.standing)
        if who.person_id is not None:
            # What is stored may be newer than what the account was when it was last looked up.
            may_act(cast("Standing", store.people.get(who.person_id).standing))
        done = intent.do(self._context_for(store, who, now, kept_since, make=not intent.handler.private))
        if intent.handler.private and store.audit.has_unlogged_writes():
            raise RuntimeError(f"{intent.handler.action} is private, but wrote rows that must be in the log")
        if not intent.handler.private and (not done.quiet or store.audit.has_unlogged_writes()):
            # No entry is needed, but the rows that were written are still marked in the log.
            outcome = "noted" if done.quiet else "done"
            subject, clause = as_id(done.subject or intent.subject), done.clause or intent.handler.clause
            entry = Entry(who.actor, intent.handler.action, subject, outcome, clause, done.detail)
            store.audit.append(entry, now, self.keys.log_seal, self.journal)
        if not done.effects:
            return done.reply, None
        until = now + acting.LEASE if self.takes_over(len(done.effects)) else None
        queued = queue_effects(store, done.effects, now, self.keys, until)
        return done.reply, queued if until else ()

    def _context_for(
        self, store: Store, who: Actor, now: datetime, kept_since: datetime | None = None, *, make: bool = True
    ) -> Context:  # fmt: skip
        """Return the context that the handler gets. With `make`, people whom the policy names and we haven't met are
        added, so writing must be allowed.
        """
        return Context(
            store, seated(store, self.policy, make=make), now, who, self.keys, self.copies_at, kept_since, self.outside
        )

    def _log_refusal(
        self, store: Store, intent: Intent[Any], who: Actor, key: str, refusal: Refused, words: str
    ) -> None:
        """Log a refusal; with `words` also tell the person, once per key."""
        now = self.now()
        # Without a whisper the answer itself tells the person, so a repeated press must be refused once more.
        if words and key and store.outbox.seen(key, now):
            return
        detail = {"why": refusal.code} if refusal.code else {}
        subject, clause = as_id(intent.subject), refusal.clause or intent.handler.clause
        entry = Entry(who.actor, intent.handler.action, subject, "refused", clause, detail)
        store.audit.append(entry, now, self.keys.log_seal, self.journal)
        if words and who.person_id is not None:
            once = key or f"{store.audit.lock().seq}"
            queue_effects(store, (Whisper(who.person_id, words, once, who.platform),), now, self.keys)


def catch_up_cards(ctx: Context, person: int) -> tuple[Effect, ...]:
    """Redraw the cards of this person that fell behind while they couldn't be reached."""
    again = f"{ctx.now:%Y%m%d%H%M%S%f}"
    return tuple(Show(person, matter, revision, again) for matter, revision in ctx.store.outbox.outdated(person))


def queue_effects(
    store: Store, effects: tuple[Effect, ...], now: datetime, keys: sealing.Keys, leased_until: datetime | None = None
) -> list[str]:
    """Queue effects in the transaction of the change that they belong to, and return their ids.
    A home whose redraw is waiting already isn't queued again. With `leased_until`, those that have to wait for nothing
    are leased at once.
    """
    seq, queued = store.audit.lock().seq, list[str]()
    for place, effect in enumerate(effects):
        if isinstance(effect, Home) and _update_waiting_home(store, effect, now, keys):
            continue
        kind, name = kind_of(effect), f"{seq:012d}.{place:03d}.{token_hex(8)}"
        payload, seal = acting.seal_effect(keys, name, effect)
        once = f"{kind}:{effect.person}:{effect.once}" if isinstance(effect, Once) else None
        lane = lane_of(effect)
        store.outbox.queue(NewEffect(name, once, kind, effect.person, payload, now, now, lane, seal, leased_until))
        queued.append(name)
    return queued


def _update_waiting_home(store: Store, home: Home, now: datetime, keys: sealing.Keys) -> bool:
    """Return True if a redraw of this home is waiting already; a `fresh` one takes its place."""
    waiting = store.outbox.waiting_in_lane(home.person, lane_of(home), kind_of(home), now)
    if waiting is not None and home.fresh:
        store.outbox.rewrite(waiting.id, *acting.seal_effect(keys, waiting.id, home))
    return waiting is not None

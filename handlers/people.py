"""Meeting people, what follows when a person can or can no longer act and be reached, and settling shared accounts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.acting import Context, Effect, Home, Result, Show, handler
from handlers.door import catch_up_cards
from handlers.matters.asking import back_in_reach, redraw_matters, sound_alarm, warned_by
from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules import availability as rule
from storage.database.store import Store
from storage.people import ASIDE, Account, Met, Turn, is_shut_out
from storage.records import AMBIGUOUS, LIVING, ChatAccount, Person


@handler("people.leave")
def note_left(ctx: Context, platform: str, account_id: str) -> Result[None]:
    """Note that the bot was removed from an account, which stays its person's: what is waiting goes to another account,
    if there is one.

    Of two accounts with one address, the other one counts from now on.
    """
    return _lose_account(ctx, platform, account_id, new=ctx.store.people.left(platform, account_id))


@handler("people.gone")
def note_gone(ctx: Context, platform: str, account_id: str, standing: str = "absent") -> Result[None]:
    """Note that an account can't be used any more, as the platform says; `standing` says why. Its person acts through
    another account, or is passed over.
    """
    new = ctx.store.people.gone(platform, account_id, standing, ctx.now)
    return _lose_account(ctx, platform, account_id, new=new)


@handler("people.block")
def note_blocked(ctx: Context, platform: str, account_id: str, began: datetime | None = None) -> Result[None]:
    """Send what is waiting for a blocked person elsewhere; if they were active since the attempt began, try once more."""
    account = ctx.store.people.account(platform, account_id)
    active_since = account is not None and began is not None and began < account.checked_at <= ctx.now
    return _lose_account(
        ctx, platform, account_id, new=not active_since and ctx.store.people.blocked(platform, account_id)
    )


def _lose_account(ctx: Context, platform: str, account_id: str, *, new: bool) -> Result[None]:
    """Handle an account that no longer reaches its person; `new` if that wasn't known before."""
    account = ctx.store.people.account(platform, account_id)
    turns = ctx.store.meetings.update_standings(account) if new else ()
    effects = effects_of_turns(ctx, turns)
    if new and account is not None and account.person_id not in (None, *(one.person_id for one in turns)):
        effects += redraw_for_unreachable(ctx, account.person_id or 0)
    return Result(None, effects, f"{platform}:{account_id}", warned_by(effects), quiet=not new)


@handler("people.meet")
def meet_account(ctx: Context, account: Account) -> Result[Met]:
    """Store an account, and say whose it is and in which standing; logged only if standing or address changed.

    An unknown time zone is replaced here, so that no later code has to check: new people are assumed to be where the
    company is until a platform says otherwise.
    """
    key = account.email_key
    before = ctx.store.meetings.known(key) if key else None
    came, known = _comes_back(ctx, account), ctx.store.people.account(account.platform, account.account_id)
    moved = known is not None and known.email_key != key
    old = before.standing if before else ""
    zone = account.zone if _is_zone(account.zone) else _zone_guess(ctx, before)
    met = ctx.store.meetings.meet(replace(account, zone=zone))
    if moved:
        ctx.store.people.resolve(ctx.policy.named)  # which may name an address that is no longer in use
    subject = f"person:{met.person_id}" if met.person_id else f"{account.platform}:{account.account_id}"
    quiet = old == met.standing or met.person_id is None
    person_id = met.person_id or 0
    effects = effects_of_turns(ctx, met.turns)
    if person_id not in {one.person_id for one in met.turns}:
        effects += _effects_of_meeting(ctx, met, came=came, quiet=quiet)
    others = {str(one.person_id): one.after for one in met.turns if one.person_id != person_id}
    if quiet and not others:
        return Result(met, effects, subject, quiet=True)
    detail = {"standing": met.standing, **({"others": others} if others else {}), **warned_by(effects)}
    return Result(met, effects, subject, detail)


def _effects_of_meeting(ctx: Context, met: Met, *, came: bool, quiet: bool) -> tuple[Effect, ...]:
    """Return what follows from meeting a person whose standing is unchanged."""
    if met.standing == LIVING:
        return redraw_after_absence(ctx, met.person_id or 0) if came else ()
    return () if quiet else redraw_for_unreachable(ctx, met.person_id or 0)


def _comes_back(ctx: Context, account: Account) -> bool:
    """Return True if this account was unknown or couldn't be reached until now.
    Being looked up alone doesn't make a blocked account reachable.
    """
    known = ctx.store.people.account(account.platform, account.account_id)
    if known is None or known.standing != LIVING:
        return True
    return is_shut_out(known) and bool(account.reference) and not is_shut_out(account)


def _is_zone(name: str) -> bool:
    """Return True for a time zone that this machine knows."""
    try:
        return bool(ZoneInfo(name))
    except (ValueError, KeyError, OSError):
        return False


def _zone_guess(ctx: Context, known: Person | None) -> str:
    """Return the home line's zone for a person we haven't met; empty for others, so that theirs stays."""
    new = known is None or known.checked_at is None
    return ctx.policy.lines[ctx.policy.company.home_line].time_zone if new else ""


SHARED = "shared_address"


def effects_of_turns(ctx: Context, turns: Iterable[Turn]) -> tuple[Effect, ...]:
    """Return what follows for everyone whose standing changed (a turn)."""
    return tuple(effect for one in turns for effect in _effects_of_turn(ctx, one))


def redraw_after_absence(ctx: Context, person_id: int) -> tuple[Effect, ...]:
    """Redraw everything for a person who is reachable again, and for those who decide the person's own requests."""
    homes = (Home(person_id, one.platform) for one in ctx.store.people.homes(person_id))
    undecided = ctx.store.requests.undecided_of(person_id)
    return (*catch_up_cards(ctx, person_id), *homes, *back_in_reach(ctx, person_id), *redraw_matters(ctx, undecided))


def redraw_for_unreachable(ctx: Context, person_id: int) -> tuple[Effect, ...]:
    """Redraw every card that waits for a person who can't be reached: the delivery then fails, and asks the next one.

    Those who decide the person's own requests read that an answer may not arrive.
    """
    effects: list[Effect] = []
    for matter in ctx.store.matters.all_waiting_for(person_id):
        matter.revision += 1
        effects.append(Show(person_id, matter.id, matter.revision))
    theirs = redraw_matters(ctx, ctx.store.requests.undecided_of(person_id))
    return (*effects, *(one for one in theirs if one.person != person_id))


def _effects_of_turn(ctx: Context, turn: Turn) -> tuple[Effect, ...]:
    """Return what follows for a person who may act again, or no longer may."""
    if turn.after == LIVING:
        return redraw_after_absence(ctx, turn.person_id)
    return (*redraw_for_unreachable(ctx, turn.person_id), *_tell_of_shared(ctx, turn))


def _tell_of_shared(ctx: Context, turn: Turn) -> tuple[Effect, ...]:
    """Alert a person who can sort it out when an address turns out to be shared."""
    if turn.after != AMBIGUOUS:
        return ()
    person = ctx.store.people.get(turn.person_id)
    if person.checked_at is None:
        return ()  # the policy names this person by an earlier address, under which it is reported
    words = f"A second account has an e-mail address that {person.name} has or had, so I can’t tell who is who. Neither may act, and requests skip them, until this is settled. Please find out in person or by phone, and have the bot’s administrator settle it: recording-steward people."
    return sound_alarm(ctx, f"person:{turn.person_id}", SHARED, words)


SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A person, by address, who can't be identified (`ambiguous`) or reached, or accounts that were `set aside`.

    `accounts` are named platform:account, and `known` says how each came by a shared address. `waiting` are those that
    the administrator must assign to this person or to a new one. `why` is a standing or a platform's word.
    """

    kind: str
    email: str
    name: str
    accounts: tuple[str, ...] = ()
    why: str = ""
    known: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@handler("people.keep")
def keep_account(ctx: Context, account_id: str) -> Result[tuple[str, ...]]:
    """Make this account the one that counts for its person. The others belong to no one until their addresses change."""
    account = _find_account(ctx, account_id)
    person = ctx.store.meetings.find_or_make(account.email_key)
    claiming = ctx.store.meetings.claiming(person)
    owner = ctx.store.people.get(account.person_id) if account.person_id else person
    waits = account.standing == AMBIGUOUS
    rule.check_keep_account(
        account_id, standing=account.standing, claims=account in claiming, others=waits + len(claiming) - 1,
        owner="" if owner is person else owner.name,
    )  # fmt: skip
    set_aside, effects = _make_account_count(ctx, account, person)
    others = f", and {' and '.join(set_aside)} {'does' if len(set_aside) == 1 else 'do'} not" if set_aside else ""
    counts = f"{account_id} is theirs, too." if waits else f"{account_id} is the one that counts from now on{others}."
    alarm = _tell_of_settlement(ctx, person, counts)
    detail = {"kept": account_id, "set_aside": list(set_aside), **warned_by(alarm)}
    return Result(set_aside, (*effects, *alarm), f"person:{person.id}", detail)


@handler("people.new")
def settle_newcomer(ctx: Context, account_id: str) -> Result[tuple[str, ...]]:
    """P7: treat this account as a new person; the earlier holder of the address keeps their history but loses the
    address.

    Neither may decide what concerns the other, so if they are the same person after all, it gives no second identity.
    """
    account = _find_account(ctx, account_id)
    before, holder = ctx.store.meetings.find_or_make(account.email_key), ctx.store.people.by_key(account.email_key)
    has_account = holder is not None and holder.checked_at is not None and ctx.store.people.accounts([holder.id])
    rule.check_new_account(account_id, waits=account.standing == AMBIGUOUS, holder=before.name if has_account else "")
    person = ctx.store.meetings.make_newcomer(account)
    person.zone = ctx.policy.lines[ctx.policy.company.home_line].time_zone  # until the account is met again
    set_aside, effects = _make_account_count(ctx, account, person)
    alarm = _tell_of_settlement(ctx, before, f"{account_id} belongs to someone new.")
    detail = {"new": account_id, "person": person.id, "set_aside": list(set_aside), **warned_by(alarm)}
    return Result(set_aside, (*effects, *alarm), f"person:{before.id}", detail)


def _make_account_count(
    ctx: Context, account: ChatAccount, person: Person
) -> tuple[tuple[str, ...], tuple[Effect, ...]]:
    """Make this account the person's; return the accounts set aside, and what follows."""
    aside = ctx.store.meetings.keep(account, person)
    turns = {one.person_id: one for row in (account, *aside) for one in ctx.store.meetings.update_standings(row)}
    return tuple(_account_name(one) for one in aside), _effects_of_settlement(ctx, person, turns)


def _tell_of_settlement(ctx: Context, person: Person, outcome: str) -> tuple[Effect, ...]:
    """Alert a person who can check: the administrator might have accepted the wrong account. `outcome` is a sentence
    that says what was settled.
    """
    words = (
        f"Several accounts have an e-mail address that {person.name} has or had. The bot’s administrator has settled that: {outcome} "
        f"Please ask {person.name} in person or by phone whether that is right. If not, have the wrong account closed at once, and "
        "settle it again: recording-steward people."
    )
    return sound_alarm(ctx, f"person:{person.id}", SETTLED, words)


def _effects_of_settlement(ctx: Context, person: Person, turns: dict[int, Turn]) -> tuple[Effect, ...]:
    """Return what follows from these changes; the person's own cards are redrawn even if nothing changed for them."""
    effects = effects_of_turns(ctx, turns.values())
    unchanged = person.standing == LIVING and person.id not in turns
    return (*effects, *(redraw_after_absence(ctx, person.id) if unchanged else ()))


def list_troubles(store: Store, policy: Policy) -> list[Trouble]:
    """List people who can't be identified or reached, and accounts that were set aside."""
    shared = [
        one for one in store.rows(Person, Person.standing == AMBIGUOUS, by=(Person.id,)) if one.checked_at is not None
    ]
    by = (ChatAccount.platform, ChatAccount.account_id)
    found = store.rows(ChatAccount, ChatAccount.standing == ASIDE, by=by)
    aside = [Trouble("set aside", one.email_key, "", (_account_name(one),)) for one in found]
    return [*(_ambiguous_trouble(store, one) for one in shared), *_unreachable_troubles(store, policy), *aside]


def _ambiguous_trouble(store: Store, person: Person) -> Trouble:
    """Return what the administrator is shown of a person whose address several accounts have."""
    claiming = store.meetings.claiming(person)
    claiming.sort(key=lambda one: (one.person_id != person.id, one.person_id is not None))
    names, known = tuple(map(_account_name, claiming)), tuple(_account_status(store, person, one) for one in claiming)
    waiting = tuple(map(_account_name, store.meetings.waiting(person)))
    return Trouble("ambiguous", person.email_key, person.name, names, "", known, waiting)


def _account_status(store: Store, person: Person, account: ChatAccount) -> str:
    """Return how an account came by a shared address, in words for the administrator."""
    if account.standing == AMBIGUOUS:
        return "not settled yet"
    if account.person_id is None:
        return "came later"
    return "known first" if account.person_id == person.id else f"{store.people.get(account.person_id).name}’s so far"


def _unreachable_troubles(store: Store, policy: Policy) -> Iterator[Trouble]:
    """Yield role holders and deputies who can't act or were never met, and people an open request's card didn't reach."""
    codes = store.matters.missed()
    missed = {one: code for one, code in codes.items() if not store.outbox.reached_again(one)}
    people = {one.id: one for one in store.people.named(missed).values()}
    holders = {email: store.people.by_key(email) for email in sorted(policy.roles.addresses)}
    known = {one.id: one for one in holders.values() if one is not None} | people
    for one in known.values():
        why = missed.get(one.id, "") if one.standing == LIVING else one.standing
        if why and one.standing != AMBIGUOUS:
            yield Trouble("unreachable", one.email_key, one.name, _account_names(store, one), why)
    for email, person in holders.items():
        if person is None or (person.standing == LIVING and person.checked_at is None and person.id not in missed):
            yield Trouble("unreachable", email, person.name if person else "", (), "never met")


def _account_names(store: Store, person: Person) -> tuple[str, ...]:
    return tuple(_account_name(one) for one in store.people.accounts([person.id]))


def _account_name(account: ChatAccount) -> str:
    """Return how people name an account: platform:id."""
    return f"{account.platform}:{account.account_id}"


def _find_account(ctx: Context, name: str) -> ChatAccount:
    """Return the account named platform:id; raises `Refused` if there is none."""
    platform, _, account_id = name.partition(":")
    found = ctx.store.people.account(platform, account_id)
    if found is None:
        words = f"There is no account {name}. To list those that share an address, leave out --keep."
        raise Refused(words, code="no_account")
    return found

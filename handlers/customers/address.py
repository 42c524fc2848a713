"""The address that a customer names, held against whoever works or worked here (P8)."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.acting import Act
from handlers.rules import nominated as rule
from handlers.rules.identity import email_key
from storage.records import Recording


def nominated(act: Act, twice: tuple[str, str], asker: str, recordings: Iterable[Recording]) -> str:
    """The address as it is kept; empty where none was named. Raises `Refused` at the field that must be mended."""
    address = rule.nominated(act.policy, *twice)
    if not address:
        return ""
    key = email_key(address, act.policy.identity)
    answered = {one.operator_key for one in recordings if one.operator_key} or {act.me.email_key}
    mine = act.store.people.aliases([key])
    own = all(mine & act.store.people.aliases([one]) for one in answered)
    rule.may_go_to(act.policy, address, asker, staff=_works_here(act, key), own=own)
    return address


def _works_here(act: Act, key: str) -> bool:
    policy = act.policy
    named = policy.roles.everybody() | frozenset(policy.customers.handlers)
    members = frozenset(one for department in policy.departments.values() for one in department.staff)
    return key in named | members or act.store.people.works_here(key)

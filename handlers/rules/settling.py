"""What may be settled about accounts that share an address, and who may be asked again (P7)."""

from __future__ import annotations

from .refusal import Refused


def keep(account: str, *, standing: str, claims: bool, others: int, owner: str) -> None:
    """Whether this account can be the one that counts.

    `claims` says that it could act under the shared address, with `others` that claim it, or had it, as well; `owner` is
    whoever else it has been so far.
    """
    if owner:
        told = f"{account} has been {owner} so far, and nobody becomes somebody else. Mend its e-mail address instead."
        raise Refused(told, code="somebody_else")
    if not claims:
        told = f"{account} can't be kept: it is {'gone' if standing == 'member' else standing}."
        raise Refused(told, code="gone")
    if not others:
        told = f"No other account shares the address of {account}, so there is nothing to settle."
        raise Refused(told, code="nothing_shared")


def new(account: str, *, waits: bool, holder: str) -> None:
    """Whether this account can be that of somebody new. `holder` is whoever can act under its address now."""
    if not waits:
        told = f"{account} does not wait to be settled. Without --new I list those that do."
        raise Refused(told, code="nothing_waits")
    if holder:
        told = (
            f"{holder} has the address of {account} now. Keep that account, or have its e-mail address or the account "
            "of the other one fixed."
        )
        raise Refused(told, code="address_taken")


def ask_again(email: str, *, standing: str, missed: int) -> None:
    """Whether cards can be sent once more to somebody whom `missed` of them did not reach."""
    if standing == "ambiguous":
        told = f"Several accounts share the address {email}. Settle that first: recording-steward people --keep ACCOUNT"
        raise Refused(told, code=standing)
    if standing != "member":
        raise Refused(f"{email} has no account that may act: it is {standing}. Mend that first.", code=standing)
    if not missed:
        raise Refused(f"Nothing has missed {email}, so there is nothing to send again.", code="nothing_missed")

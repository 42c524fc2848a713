"""Tries beforehand what will be asked of Asterisk, on a channel that can't be there."""

from __future__ import annotations

from contextlib import suppress

from bot.recorders.asterisk.ami import Account, Refusal, session
from bot.recorders.asterisk.channels import DECLINED, VARIABLES, monitors

NOBODY = "RecordingSteward/none"
"""No technology has this name, so no channel does."""


async def probed(account: Account) -> str:
    """A sentence on what can be done with live calls; raises `Unavailable` with one that says which permission is missing."""
    async with session(account) as asterisk:
        await asterisk.ask("Status", Variables=VARIABLES[0])
        monitors(await asterisk.command(f'mixmonitor list "{NOBODY}"'))
        # Each is refused for want of such a channel, or for want of permission, and that is told apart.
        for action, fields in (
            ("Setvar", {"Variable": DECLINED, "Value": "1"}),
            ("MixMonitorMute", {"Direction": "both", "State": "1"}),
            ("StopMixMonitor", {}),
        ):
            with suppress(Refusal):
                await asterisk.ask(action, Channel=NOBODY, **fields)
        version = " ".join(await asterisk.command("core show version")).split(" built ")[0]
    return f"{version or 'Asterisk'} answers at {account.place}: a recording can be switched off while a call goes on."

"""What ends with a customer's request that is withdrawn: its links, whoever they let in, and its mails (P8)."""

from __future__ import annotations

from typing import Any

from handlers.acting import Act
from handlers.customers import post
from handlers.customers.intents.passing_time import LinkEnds
from handlers.customers.links import turn_out
from handlers.customers.view import View

ALIVE = ("live", "locked")


def cut_off(act: Act, view: View) -> dict[str, Any]:
    """End it all at once; returns what the log is to hold of it. What the mail server has may still arrive, with a link that is dead."""
    links = [one for one in view.links if one.state in ALIVE]
    for link in links:
        link.state, link.ends_at, link.passcode = "withdrawn", min(link.ends_at, act.now), ""
        turn_out(act, act.store.customers.sessions_of(link.id))
    mails = post.call_back(act, view.mails)
    act.store.deadlines.drop(LinkEnds.action, view.request.id, act.now)
    return {"links": [one.id for one in links], "mails": mails}

"""What ends with a customer's request that is withdrawn: its links, whoever they let in, and mails that have not left (P8)."""

from __future__ import annotations

from typing import Any

from handlers.acting import Act
from handlers.customers.intents.passing_time import LinkEnds, Ring
from handlers.customers.view import View

ALIVE = ("live", "locked")


def cut_off(act: Act, view: View) -> dict[str, Any]:
    """End it all at once; returns what the log is to hold of it. A mail that was collected can't be called back, its link can."""
    links = [one for one in view.links if one.state in ALIVE]
    for link in links:
        link.state, link.ends_at, link.passcode = "withdrawn", min(link.ends_at, act.now), ""
        for session in act.store.customers.sessions_of(link.id):
            session.ends_at = min(session.ends_at, act.now)
    mails = [one for one in view.mails if one.state == "waiting"]
    for mail in mails:
        mail.state, mail.settled_at = "dropped", act.now
    act.store.deadlines.drop_all((Ring.action, LinkEnds.action), view.request.id, act.now)
    return {"links": [one.id for one in links], "mails": [one.id for one in mails]}

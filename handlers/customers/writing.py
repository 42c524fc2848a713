"""After something was written down about a customer's request: who releases it now, and whose cards say so (P8)."""

from __future__ import annotations

from typing import Any

from handlers.acting import Act
from handlers.alarms import warned_by
from handlers.customers.view import seen
from handlers.effects import Effect
from handlers.matters.alarming import alarm
from handlers.matters.asking import ask_anew, changed, no_longer_decide
from storage.tables.customers import CustomerRequest


def put_again(act: Act, request: CustomerRequest) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Whoever wrote something down releases it no longer; somebody else is asked where that leaves nobody.

    What the log says of that, and a new revision for everybody who holds a copy.
    """
    view = seen(act, request)
    if not view.request.is_open:
        return {}, changed(view)
    over = no_longer_decide(view)
    new, where = ask_anew(act, view)
    told = alarm(act, request, view.what, where) if request.state == "stuck" else ()
    detail: dict[str, Any] = {**new, "over": over, **warned_by(told)}
    return detail, (*told, *changed(view, new["asked"]))

"""Who sees to a customer's request once it was released: for as long as its mail is not known, or its link lives (P8).

| whoever released it                              | who sees to it                                   |
|--------------------------------------------------|--------------------------------------------------|
| is there                                         | the same                                         |
| is away, out of reach, or wrote into it since    | whoever would be asked to release it today       |

So nobody who filed it, was on one of its calls or seems to be the customer ever does.
"""

from __future__ import annotations

from handlers.rules.customer_deciders import CustomerCircumstances
from handlers.rules.routing import Why, route


def keeps_from(case: CustomerCircumstances, releaser: str) -> Why | None:
    """Why whoever released it (an address in normal form) can't see to it today; None while nothing keeps them from it."""
    return case.hindrance(releaser)


def sees_to(case: CustomerCircumstances, releaser: str) -> tuple[str, ...]:
    """Who answers for it today, by address; empty where nobody is left."""
    if keeps_from(case, releaser) is None:
        return (releaser,)
    return tuple(one.email for one in route(case).approvers)

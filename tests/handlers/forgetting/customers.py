"""A customer's request that was filed, and what becomes of it, with an address to look for (P8)."""

from typing import Any

from handlers.customers import steps
from handlers.customers.forms import AnswerForm, QuestionForm
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, withdrawing
from tests.handlers.customers.releasing import accepted, passcode, release

NAME = "canary7f3a"
ADDRESS = f"{NAME}@customer.example"
TOLD: dict[str, Any] = {
    "person": f"Mara {NAME}", "address": ADDRESS,
}  # fmt: skip


async def a_customers_request(company: Company) -> str:
    """File and withdraw it at once; what is known of it is a name, an address, and what was said."""
    request = await a_request(company, **TOLD)
    await company.door.enter(withdrawing(request, words=f"By telephone, says {NAME}."), company.anna)
    return request


async def answered(company: Company) -> str:
    """File it, ask about it, release it, mail it, and show the releaser the passcode."""
    request = await a_request(company, **TOLD)
    await company.door.enter(
        steps.ask_a_question(request, QuestionForm.read({"words": f"Who is {NAME}?"})), company.tara
    )
    await company.door.enter(
        steps.answer_question(request, AnswerForm.read({"words": f"{NAME} is Mara."})), company.anna
    )
    await release(company, request)
    await accepted(company)
    await passcode(company, request)
    return request

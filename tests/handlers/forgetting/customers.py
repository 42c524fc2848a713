"""A customer's request that was filed, and what it comes to, with an address that is looked for (P8)."""

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
    """Filed and withdrawn at once; what is known of it is a name, an address, and what was said."""
    request = await a_request(company, **TOLD)
    await company.door.enter(withdrawing(request, words=f"By telephone, says {NAME}."), company.anna)
    return request


async def answered(company: Company) -> str:
    """Filed, asked about, released, mailed, and the passcode shown to whoever released it."""
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

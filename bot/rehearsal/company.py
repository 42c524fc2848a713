"""Who works at the sample company: invented people, their titles and departments."""

from dataclasses import dataclass
from typing import Literal

Department = Literal["customer_success", "sales", "accounts_billing"]

COMPANY = "Fernhill Telecare"
DOMAIN = "fernhill.example"
SYDNEY = "Australia/Sydney"
LONDON = "Europe/London"


@dataclass(frozen=True, slots=True)
class Employee:
    """One account in the sample company's chat workspace.

    `id` is shaped like a Slack user id, `zone` is an IANA name, `standing` says what sort of account it is
    (`foreign`: another organisation's), `department` is the one whose calls the person takes (P2), if any.
    """

    id: str
    name: str
    email: str
    title: str
    zone: str
    standing: Literal["member", "guest", "foreign", "deactivated"] = "member"
    department: Department | None = None


def _member(name: str, title: str, zone: str, department: Department | None = None) -> Employee:
    email = f"{name.replace(' ', '.').lower()}@{DOMAIN}"
    return Employee(_slack_id(name), name, email, title, zone, department=department)


def _slack_id(name: str) -> str:
    return f"U0{name.replace(' ', '')}"[:11].upper()


PEOPLE: tuple[Employee, ...] = (
    _member("Anna Quill", "Customer Success Agent", SYDNEY, "customer_success"),
    _member("Bram Tolliver", "Customer Success Agent", SYDNEY, "customer_success"),
    _member("Cleo Marchetti", "Customer Success Agent", LONDON, "customer_success"),
    _member("Doran Whitlock", "Sales Adviser", SYDNEY, "sales"),
    _member("Esme Farrow", "Sales Adviser", LONDON, "sales"),
    _member("Felix Ngata", "Accounts and Billing Officer", SYDNEY, "accounts_billing"),
    _member("Greta Holloway", "Accounts and Billing Officer", LONDON, "accounts_billing"),
    _member("Tara Lindqvist", "Customer Success Specialist Team Leader", SYDNEY, "customer_success"),
    _member("Deven Okafor", "Deputy Team Leader, Customer Success", LONDON, "customer_success"),
    _member("Cora Bellamy", "Customer Requests Specialist", SYDNEY, "customer_success"),
    _member("Helena Marsh", "Head of Customer Success", SYDNEY, "customer_success"),
    _member("Henrik Solberg", "Deputy Head of Customer Success", LONDON, "customer_success"),
    _member("Ruth Adeyemi", "Manager, Human Resources", SYDNEY),
    _member("Miles Fairweather", "Managing Director", SYDNEY),
    _member("Quinn Abara", "Quality Reviewer", LONDON),
    Employee("U0PIPLARKIN", "Pip Larkin", "pip@larkin-training.example", "Trainer, visiting", SYDNEY, "guest"),
    Employee(
        "U0OTTOBRIND", "Otto Brindle", "otto@brindle-alarms.example", "Engineer, Brindle Alarms", LONDON, "foreign"
    ),
    Employee(
        "U0WRENCALLO",
        "Wren Calloway",
        f"wren.calloway@{DOMAIN}",
        "Customer Success Agent, left",
        SYDNEY,
        "deactivated",
        "customer_success",
    ),
)
"""Everyone, in the best order for a list of people."""

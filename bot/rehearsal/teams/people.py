"""Who belongs to the tenant, and how the roster and the activities describe each of them."""

import base64
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

Json = dict[str, Any]
Standing = Literal["member", "guest", "foreign", "deactivated"]
ELSEWHERE = "eeeeeeee-0000-4000-8000-00000000e15e"


@dataclass(frozen=True, slots=True)
class Member:
    """One account. `object_id` is the Entra object id, `zone` an IANA name. `guest` is an account of another
    organisation in this tenant, `foreign` a person of another tenant in a shared chat, `deactivated` an account that
    can no longer sign in.
    """

    object_id: str
    name: str
    email: str = ""
    title: str = ""
    zone: str = "Europe/London"
    standing: Standing = "member"

    def tenant(self, own: str) -> str:
        """Return the account's tenant, seen from the tenant `own`."""
        return ELSEWHERE if self.standing == "foreign" else own

    @property
    def principal(self) -> str:
        """Return the userPrincipalName; a guest's has #EXT# in it."""
        if self.standing != "guest":
            return self.email
        return f"{self.email.replace('@', '_')}#EXT#@tenant.onmicrosoft.example"


def pairwise(prefix: str, *parts: str) -> str:
    """Return an opaque id that can't be turned back, the same for the same parts."""
    digest = sha256("\n".join(parts).encode()).digest()
    return prefix + base64.urlsafe_b64encode(digest * 2).decode()[:64].rstrip("=")


def account(member: Member, mri: str, tenant_id: str) -> Json:
    """Return the member of conversations/{id}/members (TeamsChannelAccount), with e-mail address and tenant as in the
    roster.
    """
    first, _, last = member.name.partition(" ")
    return {
        "id": mri,
        "name": member.name,
        "objectId": member.object_id,
        "aadObjectId": member.object_id,
        "givenName": first,
        "surname": last,
        "email": member.email,
        "userPrincipalName": member.principal,
        "tenantId": member.tenant(tenant_id),
        "userRole": "guest" if member.standing == "guest" else "user",
    }

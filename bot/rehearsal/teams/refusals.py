"""What the connector service says when it refuses a call, with Teams' own codes and statuses."""

from collections.abc import Mapping

from bot.rehearsal.teams.people import Json

# learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability (status codes)
STATUSES: Mapping[str, int] = {
    "BadArgument": 400,
    "BadSyntax": 400,
    "Unauthorized": 401,
    "BotNotInConversationRoster": 403,
    "ForbiddenOperationException": 403,
    "MessageWritesBlocked": 403,
    "NotEnoughPermissions": 403,
    "ActivityNotFoundInConversation": 404,
    "ConversationNotFound": 404,
    "MemberNotFoundInConversation": 404,
    "PreconditionFailed": 412,
    "MessageSizeTooBig": 413,
    "TooManyRequests": 429,
    "ServiceError": 500,
    "BadGateway": 502,
    "ServiceUnavailable": 503,
    "GatewayTimeout": 504,
}


class TeamsError(Exception):
    """Refuses a call; `retry_after` (seconds) goes with TooManyRequests."""

    def __init__(self, code: str, message: str = "", *, status: int = 0, retry_after: int = 0) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.retry_after = code, message, retry_after
        self.status = status or STATUSES[code]

    def answer(self) -> Json:
        """Return the body; a refused token gets the service's plain sentence instead of a code."""
        if self.code == "Unauthorized":
            return {"message": "Authorization has been denied for this request."}
        return {"error": {"code": self.code, "message": self.message or self.code}}

"""How the stand-in refuses a call, with Slack's own error names."""

from typing import Any


class SlackError(Exception):
    """Slack's `{"ok": false, "error": code}`; `messages` name the places, `extra` joins the answer."""

    def __init__(self, code: str, messages: list[str] | None = None, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages or []
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {text}" for text in self.messages]}
            body["errors"] = self.messages
        return body


def missing(name: str) -> SlackError:
    return SlackError("invalid_arguments", [f"missing required field: {name}"])

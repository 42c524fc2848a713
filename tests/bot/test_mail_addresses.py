"""Which addresses letters go to and come from, and how a sender is written (P8)."""

from __future__ import annotations

import pytest

from bot.settings.mail_server import Sender, mailbox, sender_of
from tests.each import each


@each(("address", "taken"), [
    ("jo.doe@customer.example", "jo.doe@customer.example"),
    ("Jo.Doe+calls@Customer.Example", "Jo.Doe+calls@customer.example"),
    ("o'hara_{x}!#$%&*/=?^`|~-@x.example", "o'hara_{x}!#$%&*/=?^`|~-@x.example"),
    ("jo@bücher.example", "jo@xn--bcher-kva.example"),
    ("jo@例え.example", "jo@xn--r8jz45g.example"),
    ("root@localhost", "root@localhost"),
    (f"{'a' * 64}@x.example", f"{'a' * 64}@x.example"),
])  # fmt: skip
def test_p8_an_address_goes_over_the_wire_in_ascii(address: str, taken: str) -> None:
    assert mailbox(address) == taken


@each("address", [
    "", "@", "jo", "jo@", "@x.example", "jo@x", "jo@1.2.3.4", "jo@[1.2.3.4]", "jo@x.example.", "jo@.x.example", "jo@x..example",
    "jo doe@x.example", '"jo doe"@x.example', ".jo@x.example", "jo.@x.example", "jo..doe@x.example", "jö@x.example",
    "jo@x.example\n", "jo\n@x.example", "jo@x.ex\r\nRCPT TO:<eve@x.example>", "jo@x.example>", "<jo@x.example>", "jo@x_y.example",
    "jo@a@x.example", "jo@x.example,eve@x.example", "jo\x00@x.example", f"{'a' * 65}@x.example", f"jo@{'a' * 64}.example",
    f"jo@{'a.' * 126}example", f"{'a' * 64}@{'b.' * 95}example", "jo@-x.example", "jo@\u202ex.example", "jo@x .example",
])  # fmt: skip
def test_p8_what_is_no_such_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as refused:
        mailbox(address)
    assert "eve" not in str(refused.value)


@each(("text", "sender"), [
    ("copies@fernhill.example", Sender("", "copies@fernhill.example")),
    ("  Fernhill Telecare <copies@fernhill.example> ", Sender("Fernhill Telecare", "copies@fernhill.example")),
    ('"Fernhill, Ltd." <copies@fernhill.example>', Sender("Fernhill, Ltd.", "copies@fernhill.example")),
    ("Bücher & Söhne <kopien@bücher.example>", Sender("Bücher & Söhne", "kopien@xn--bcher-kva.example")),
    ("<copies@fernhill.example>", Sender("", "copies@fernhill.example")),
])  # fmt: skip
def test_p8_a_sender_is_an_address_maybe_with_a_name(text: str, sender: Sender) -> None:
    assert sender_of(text) == sender
    assert sender.domain == sender.address.split("@")[1]


@each("text", [
    "", "Fernhill", "a@x.example, b@x.example", "a@x.example <b@x.example>", "Fernhill <copies>", "Fernhill <a@x.example> more",
    "Fernhill\r\nBcc: eve@x.example <a@x.example>", "Fern<hill <a@x.example>", "<>", "Fernhill <<a@x.example>>",
])  # fmt: skip
def test_p8_what_names_no_one_sender_is_told_how_to_be_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write an address like copies@example\.com, or with a name"):
        sender_of(text)

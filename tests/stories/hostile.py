"""Texts that want to be more than text, and what is left of them for a reader."""

from __future__ import annotations

import unicodedata

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
TEXTS = {
    "everybody": "<!channel> <!here> <!everyone> <!subteam^S0ALL|all> @channel @here @everyone",
    "mention": "<@U0TARALINDQ> <@U0TARALINDQ|Tara> <#C0GENERAL|general> @tara.lindqvist",
    "link": "<https://evil.example|our bank> https://evil.example/a?b=c [x](https://evil.example) www.evil.example",
    "mail": "<mailto:x@evil.example|write> x@evil.example tel:+61491570156 <slack://user?id=U1|x>",
    "markup": "*bold* _sloping_ ~gone~ `code` ```block``` :skull: > said\n> again\n- one\n# head",
    "html": "<b>bold</b><script>alert(1)</script> &amp; &lt;!channel&gt; &#60;!here&#62; <!-- x -->",
    "date": "<!date^0^{date_long}|long ago> <!date^1795541042^{time}^https://evil.example|now>",
    "template": "{0} {name} {{x}} ${x} %s %(x)s %n \\ \\n \\u0041 ' \" ; -- DROP TABLE requests",
    "right to left": "\u202egnp.exe \u2067\u05e9\u05dc\u05d5\u05dd\u2069\u2069\u2069 \u200f\u0645\u0631\u062d\u0628\u0627 \u2066 abc",
    "controls": "a\x00b\x07c\x1b[31md\x85e\ufefff\u2028g\u2029h\x0bi\tj\r\nk\ufdd0",
    "halves": "half \ud83d and \ude00 the other, \udfff\ud800",
    "marks": "Z" + "\u0301\u0489" * 40 + " a\u200b\u200b\u2060b \U000e0041\U000e0042 \u3164",
    "formula": '=HYPERLINK("https://evil.example","x")',
    "sum": "@SUM(1+1)*cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "blocks": '{"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}',
}
TYPED = {
    **TEXTS,
    "families": FAMILY * 300,
    "flags": "\U0001f1e6\U0001f1fa" * 800,
    "one word": "W" * 5000,
    "lines": "a\n" * 2500,
    "ampersands": "&<>" * 1700,
}


def cut(text: str, most: int) -> str:
    """As much of the text as a field takes, cut where a careless program cuts: between two UTF-16 units."""
    return text[:most].encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "surrogatepass")


def bare(text: str) -> str:
    """A text without blanks, controls, joiners and marks of direction; NUL and half a character are U+FFFD."""
    whole = text.replace("\x00", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(one for one in whole if unicodedata.category(one) not in ("Cc", "Cf", "Cn", "Zs", "Zl", "Zp"))

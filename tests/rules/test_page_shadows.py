"""P3: where an element has a declarative shadow root, its own children are read only where a slot of that root shows them."""

from __future__ import annotations

import pytest

from handlers.rules import page_reading
from handlers.rules.notice_pages import carries, links
from tests.each import each

pytestmark = pytest.mark.soak

W = "Calls are recorded for quality and training purposes"
T = "<template shadowrootmode=open>"
HIDDEN, DOUBTFUL, MISSING = ("no", ("wording_hidden",)), ("unseen", ("wording_doubtful",)), ("no", ("wording_missing",))


SHOWN = [
    f"<div>{T}<b>x</b> <slot></slot></template>{W}</div>", f"<div>{T}<slot name=''></slot></template><p slot>{W}</p></div>",
    f"<div>{T}<slot name=n></slot></template><p slot=n>{W}</p></div>", f"<p>{T}<div>x</div><slot></slot></template>{W}",
    f"<my-notice>{T}<slot></slot></template>{W}</my-notice>", f"<div><template shadowrootmode=CLOSED><slot></slot></template>{W}</div>",
    f"<div>{T}<p>{W}</p></template></div>", f"<div>{T}<slot>{W}</slot></template></div>", f"<div>{T}<slot></slot> <slot>{W}</slot></template>x</div>",
    f"<div>{T}<section>{T}<slot></slot></template><slot></slot></section></template>{W}</div>",
    f"<div>{T}<section>{T}<slot name=b></slot></template><slot name=a slot=b></slot></section></template><p slot=a>{W}</p></div>",
    f"<div>{T}<slot name=b></slot> <slot name=a></slot></template><i slot=a>for quality and training purposes</i><i slot=b>Calls are recorded</i></div>",
    f"<div>{T}x</template></div><p>{W}</p>", f"<div><template>x</template>{W}</div>", f"<div><template shadowrootmode=no>x</template>{W}</div>",
    f"<div>{T}<slot></slot></template>{T}x</template>{W}</div>", f"<div>{T}<template>x</template><slot></slot></template><!-- x -->{W}</div>",
]  # fmt: skip
"""Pages on which a reader reads the words."""
LEFT = [
    (f"<div>{T}<b>x</b></template>{W}</div>", HIDDEN), (f"<div>{T}<slot name=n></slot></template>{W}</div>", HIDDEN),
    (f"<div>{T}<slot></slot></template><p slot=n>{W}</p></div>", HIDDEN), (f"<div>{T}<slot name=n></slot></template><p slot=N>{W}</p></div>", HIDDEN),
    (f"<p>{T}<div>x</div></template>{W}", HIDDEN), (f"<div>{T}<slot hidden></slot></template>{W}</div>", HIDDEN),
    (f"<div>{T}<slot style='display:none'></slot></template>{W}</div>", HIDDEN), (f"<div>{T}<p hidden><slot></slot></p></template>{W}</div>", HIDDEN),
    (f"<div>{T}<style>slot{{display:none}}</style><slot></slot></template>{W}</div>", DOUBTFUL),
    (f"<div>{T}<style>::slotted(*){{display:none}}</style><slot></slot></template><p>{W}</p></div>", DOUBTFUL),
    (f"<div>{T}<style>:host{{opacity:0}}</style><slot></slot></template>{W}</div>", DOUBTFUL),
    (f"<div>{T}<link rel=stylesheet href=x></template>{W}</div>", DOUBTFUL), (f"<div>{T}<script>x</script></template>{W}</div>", DOUBTFUL),
    (f"<div>{T}<slot>{W}</slot></template>x</div>", DOUBTFUL), (f"<div>{T}<slot>{W}</slot></template> </div>", DOUBTFUL),
    (f"<div>{T}<section>{T}x</template><slot></slot></section></template>{W}</div>", HIDDEN),
    (f"<div>{T}<select><slot></slot></select></template>{W}</div>", DOUBTFUL), (f"<div>{T}<object><slot></slot></object></template>{W}</div>", DOUBTFUL),
    (f"<div>{T}<template><slot></slot></template></template>{W}</div>", HIDDEN),
    (f"<div>{T}<slot name=b></slot><slot name=a></slot></template><i slot=a>Calls are recorded </i><i slot=b>for quality and training purposes </i></div>", MISSING),
    (f"<div>{T}<tr style='display:none'><td><slot></slot></td></tr></template>{W}</div>", DOUBTFUL),
    (f"<a href=x>{T}y</template>{W}</a>", DOUBTFUL), (f"<font-face>{T}y</template>{W}</font-face>", DOUBTFUL),
    (f"<div><template shadowrootmode=open shadowrootslotassignment=manual><slot></slot></template>{W}</div>", DOUBTFUL),
    (f"<div><template shadowrootmode=open =x><slot></slot></template>{W}</div>", DOUBTFUL),
]  # fmt: skip
"""Pages on which nobody does, or nobody can tell, with what is to be said of each."""


@each("page", SHOWN)
def test_p3_what_a_slot_shows_is_read_in_its_place(page: str) -> None:
    assert carries(page, W) == ("yes", ())


@each(("page", "verdict"), LEFT)
def test_p3_what_no_slot_shows_is_never_a_yes(page: str, verdict: tuple[str, tuple[str, ...]]) -> None:
    assert carries(page, W) == verdict


def test_p3_a_link_that_no_slot_shows_is_none() -> None:
    to = frozenset({"https://a.example/privacy"})
    shown, left = (f"<div>{T}{slot}</template><a href=/privacy>x</a></div>" for slot in ("<slot></slot>", ""))
    assert links(shown, "https://a.example/", to) == ("yes", ())
    assert links(left, "https://a.example/", to) == ("no", ("link_hidden",))


def test_p3_roots_within_roots_are_read_until_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = f"<div>{T}" * 30 + "<slot></slot>" + "</template><slot></slot></div>" * 29 + f"</template>{W}</div>"
    assert carries(deep, W) == ("yes", ())
    monkeypatch.setattr(page_reading, "MOST_IN_ROOTS", 2 * len(deep))
    assert carries(deep, W) == ("unseen", ("too_big",))

"""What a card has to survive: names, calls and words that nobody would choose for a picture."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

from bot.rehearsal.calls import AUDIO
from bot.rehearsal.company import DOMAIN, SYDNEY
from bot.rehearsal.slack import Member
from tests.gallery.house import START

LOUD = Member(
    "U0LOUD",
    "<!channel> *Zoë* :tada: @Tara `rm -rf` https://x.example/?a=1&b=2",
    f"zoe.loud@{DOMAIN}",
    "Sales Adviser",
    SYDNEY,
)
NOURA = Member("U0NOURA", "نورة عبد الرحمن الحربي", f"noura@{DOMAIN}", "Customer Success Agent", SYDNEY)
LONGEST = Member(
    "U0LONG", "Maximiliane-Wilhelmina Featherstonehaugh-Cholmondeley von und zu Donaudampfschifffahrtsgesellschaft",
    f"max@{DOMAIN}", "Customer Success Agent", SYDNEY,
)  # fmt: skip
PEOPLE = (LOUD, NOURA, LONGEST)

HOSTILE = (
    "<!channel> <@U0TARALIND> *bold* _slanted_ ~struck~ `code` ```block```\n> quote\n- list\n1. one\n# head\n"
    "<https://evil.example|your bank> https://evil.example [here](https://evil.example) :tada: &lt;b&gt; &amp;amp;\n"
    "<script>alert(1)</script> {{DATE(1)}} <!date^0^{date}|x> \u202eexe.txt\u202c \u0007\u200b a\u0301\u0301\u0301 👩‍👩‍👧‍👦"
)
ARABIC = (
    "أريد أن أسمع ما وعدنا به السيدة Pemberly في المكالمة رقم CS-10397 قبل أن أجيبها.\n"
    "لا أحتاج إلا إلى دقيقتين (من 2:10 إلى 4:05).\nThen in English: she calls again at 15:00."
)
UNBROKEN = "https://crm.example/" + "c0ffee" * 60
SENTENCE = "The customer says that the visit was free, and the invoice says that it was not. "
CALLS = {"ODD-1": LOUD.name, "ODD-2": NOURA.name, "ODD-3": LONGEST.name}


def long(characters: int) -> str:
    """A text of exactly so many characters."""
    return (SENTENCE * (characters // len(SENTENCE) + 1))[: characters - 1] + "."


def lay_out_odd(folder: Path) -> None:
    """Calls taken by people with such names, so long ago that they are found only by their reference."""
    audio = next(AUDIO.glob("*.mp3"))
    for number, (crm, operator) in enumerate(CALLS.items()):
        shutil.copyfile(audio, folder / f"odd-{number}.mp3")
        told = {
            "line": "+61 2 8197 9000", "direction": "incoming", "caller": "anonymous", "crm": crm,
            "operator": {"name": operator, "email": PEOPLE[number].email}, "department": "customer_success",
            "started": (START - timedelta(days=330, hours=number)).isoformat(), "duration": 3723.0,
        }  # fmt: skip
        (folder / f"odd-{number}.json").write_text(json.dumps(told))

"""The sentences that people write (`sentences.txt`), and how many of them are understood: `python -m tests.plain_words.corpus`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from handlers.policy import load_policy
from handlers.rules.plain_words import OPENS, Leaning, Meant, understand

HERE = Path(__file__).parent
OWN, UNSEEN, HARD = HERE / "sentences.txt", HERE / "unseen.txt", HERE / "hard.txt"
POLICY = HERE.parents[1] / "policy.yaml"


class Sentence(NamedTuple):
    """One, behind which command it was typed, what is meant by it, and whether nothing else could be."""

    words: str
    leaning: Leaning
    kind: str
    sure: bool


def sentences(file: Path) -> Iterator[Sentence]:
    """All of a file, in its order."""
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            told, _, words = line.partition("|")
            kind, _, leaning = told.strip().partition(" ")
            yield Sentence(words.strip(), leaning.strip(), kind.rstrip("?"), not kind.endswith("?"))  # type: ignore[arg-type]


class Read(NamedTuple):
    """A sentence, and what it was taken for."""

    said: Sentence
    meant: Meant

    @property
    def right(self) -> bool:
        """Whether it leads to what is meant, or asks back with that among what is offered."""
        if self.said.kind == "other":  # whatever it is, no form is wished for
            return self.meant.kind not in OPENS or not self.meant.sure
        return self.meant.kind == self.said.kind and (self.meant.sure or not self.said.sure)

    @property
    def opened_wrongly(self) -> bool:
        """Whether another form than the one that is meant opens without asking back."""
        return self.meant.kind in OPENS and self.meant.sure and self.meant.kind != self.said.kind


def read(file: Path) -> list[Read]:
    """All of a file, each with what it is taken for."""
    policy = load_policy(POLICY.read_text())
    return [Read(one, understand(policy, one.words, one.leaning)) for one in sentences(file)]


def main() -> None:
    """Print how many are understood, how many ask back, and each that is taken for something else."""
    for file in (OWN, UNSEEN, HARD):
        found = read(file)
        right = sum(one.right for one in found)
        back = sum(one.meant.kind == one.said.kind and one.said.sure and not one.meant.sure for one in found)
        wrongly = sum(one.opened_wrongly for one in found)
        print(
            f"{file.stem}: {right} of {len(found)} understood ({right / len(found):.1%}), {back} asked back; "
            f"{wrongly} wrong forms opened"
        )
        for said, meant in (one for one in found if not one.right):
            print(
                f"  {said.kind}{'' if said.sure else '?'} taken for {meant.kind}{'' if meant.sure else '?'}: {said.words}"
            )


if __name__ == "__main__":
    main()

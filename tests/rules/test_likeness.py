"""P7: an operator is found by a name as people type it, and others by one that is like it, after them."""

from __future__ import annotations

from handlers.rules.likeness import MOST_LIKE, called, name_words
from tests.each import each

OPERATORS = [
    ("anna.quill@f.example", "Anna Quill"), ("hannah.quinn@f.example", "Hannah Quinn"), ("jose.alvarez@f.example", "José Álvarez"),
    ("j.mueller@f.example", "Jürgen Müller"), ("li.wu@f.example", "Li Wu"), ("s.obrien@f.example", "Siobhan O’Brien"),
    ("quill@f.example", "Quillan Anson"), ("carla@f.example", "Carla Bark"), ("", "Anna Nobody"),
]  # fmt: skip


@each(
    ("words", "exactly", "alike"),
    [
        ("anna quill", ["anna.quill"], []),
        ("quill anna", ["anna.quill"], []),
        ("an qu", ["anna.quill", "quill"], []),
        ("ana quill", [], ["anna.quill"]),
        ("anna quil", ["anna.quill"], []),
        ("anna kwill", [], []),
        ("karla", [], ["carla"]),
        ("mark", [], []),
        ("quilll", [], ["anna.quill", "quill"]),
        ("hanna", ["hannah.quinn"], ["anna.quill"]),
        ("nnah", [], ["hannah.quinn"]),
        ("jose", ["jose.alvarez"], []),
        ("alvares", [], ["jose.alvarez"]),
        ("muller", ["j.mueller"], []),
        ("mueller", ["j.mueller"], []),
        ("obrien", ["s.obrien"], []),
        ("wu", ["li.wu"], []),
        ("wo", [], []),
        ("quill quill", ["quill"], []),
        ("tolliver", [], []),
    ],
)
def test_who_is_meant(words: str, exactly: list[str], alike: list[str]) -> None:
    found = called(words.split(), OPERATORS)
    assert found.exactly == {f"{one}@f.example" for one in exactly}
    assert sorted(found.alike) == sorted(f"{one}@f.example" for one in alike)


def test_the_nearest_come_first_and_not_many() -> None:
    many = [(f"k{one}", f"Mara Lindq{'vwxyz'[one % 5]}ist") for one in range(30)]
    found = called(["lindquist"], many)
    assert (found.exactly, len(found.alike)) == (frozenset(), MOST_LIKE)


def test_one_who_had_two_names_is_found_by_both() -> None:
    both = [("anna@f.example", "Anna Quill"), ("anna@f.example", "Anna Reed"), ("anna@f.example", "Anna Rees")]
    assert called(["quill"], both).exactly == called(["reed"], both).exactly == {"anna@f.example"}
    assert called(["reet"], both).alike == ("anna@f.example",)


def test_every_word_of_their_names() -> None:
    assert name_words(OPERATORS[:1]) == {"anna", "quill"}
    assert "mueller" in name_words(OPERATORS)
    assert "nobody" not in name_words(OPERATORS)

"""A file as located plain nodes: texts, lists and tables, each with its line; and what is wrong with it.

Every scalar is text: what `23:59` or `non` means is for the reader of a field to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from rules.folding import fold
from rules.vocabulary import PriceUnit


@dataclass(frozen=True, slots=True)
class Text:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    line: int
    pairs: tuple[tuple[Text, Node], ...]

    def get(self, key: str) -> Node | None:
        """The value of a key, however it is capitalised or accented."""
        return next((value for name, value in self.pairs if fold(name.text) == fold(key)), None)


Node = Text | Items | Entries


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: `ligne 42, activités › Cantine › délais : …`."""

    line: int
    path: tuple[str, ...]
    sentence: str

    def __str__(self) -> str:
        where = " › ".join(self.path)
        return f"ligne {self.line}{where and ', '}{where} : {self.sentence}"


class Skipped(Exception):
    """What was being read cannot be used; why is already in the report."""


@dataclass(slots=True)
class Names:
    """What a file may name (« école », « activité »…), and the number that stands for each in the rules.

    `start` is the day from which everything that gives no date of its own is in force. `years`
    are the school years (by their September) of the dates that the file cites.
    """

    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    names: dict[str, dict[int, str]] = field(default_factory=dict)
    start: date = date.min
    years: tuple[int, ...] = ()

    def add(self, what: str, name: str, number: int) -> None:
        self.numbers.setdefault(what, {})[name] = number
        self.names.setdefault(what, {})[number] = name

    def number(self, what: str, name: str) -> int | None:
        found = (n for known, n in self.numbers.get(what, {}).items() if fold(known) == fold(name))
        return next(found, None)

    def name(self, what: str, number: int) -> str:
        return self.names[what][number]

    def known(self, what: str) -> list[str]:
        return list(self.numbers.get(what, {}))


@dataclass(slots=True)
class Report:
    """Everything wrong so far, and the names that the file declares."""

    problems: list[Problem] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    homes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The sections that take each key, by the key folded: where a misplaced one goes."""

    def in_order(self) -> list[Problem]:
        return sorted(dict.fromkeys(self.problems), key=lambda problem: problem.line)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the reader is: the report it writes to, the path to show, the unit that amounts mean here."""

    report: Report
    path: tuple[str, ...] = ()
    unit: PriceUnit = PriceUnit.MEAL

    def into(self, name: str) -> Spot:
        return replace(self, path=(*self.path, name))

    def wrong(self, line: int, sentence: str) -> None:
        self.report.problems.append(Problem(line, self.path, sentence))

    def refuse(self, node: Node, sentence: str) -> Skipped:
        """Note what is wrong; to be raised."""
        self.wrong(node.line, sentence)
        return Skipped()


def suggestion(word: str, known: Iterable[str]) -> str:
    """` : vouliez-vous dire « délais » ?`, or nothing when no known word comes close."""
    by_fold = {fold(each): each for each in known}
    close = get_close_matches(fold(word), by_fold, n=1)
    return f" : vouliez-vous dire « {by_fold[close[0]]} » ?" if close else ""


def as_list(node: Node) -> Iterator[Node]:
    """The items of a list, or the node alone: one or several are written the same way."""
    yield from node.items if isinstance(node, Items) else (node,)


def is_empty(node: Node) -> bool:
    return isinstance(node, Text) and not node.text.strip()

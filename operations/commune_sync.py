"""Rows made to say what is wanted, and what was done, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extensions import db
from operations.commune_columns import columns


@dataclass(slots=True)
class Sync:
    """What loading did, in words, and the ways it does it."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    same: int = 0

    def sentences(self) -> list[str]:
        told = [f"Créé : {each}." for each in self.created]
        told += [f"Changé : {each}." for each in self.changed]
        told += [f"Retiré : {each}." for each in self.removed]
        told += [f"Dans la base et pas dans le fichier, laissé : {each}." for each in self.left]
        if not (self.created or self.changed or self.removed):
            return [*told, "Rien à changer : la base dit déjà ce que dit le fichier."]
        return told

    def put(self, table: type[Any], row: Any, values: Mapping[str, Any], said: str, **fixed: Any) -> Any:
        """The row with these values, created when there is none."""
        if row is not None:
            self.set(row, values, said)
            return row
        row = table(**fixed, **values)
        db.session.add(row)
        db.session.flush()
        self.created.append(said)
        return row

    def set(self, row: Any, values: Mapping[str, Any], said: str) -> None:
        different = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in different.items():
            setattr(row, name, value)
        if different:
            self.changed.append(said)
        else:
            self.same += 1

    def whole_list(
        self,
        rows: Sequence[Any],
        facts: Callable[[Any], Any],
        wanted: Sequence[Any],
        table: type[Any],
        said: str,
        **more: Any,
    ) -> None:
        """The rows of a list without names: replaced whole when it does not say the same."""
        same = Counter(map(facts, rows)) == Counter(wanted)
        self.replace(rows, same, lambda: [table(**columns(table, each, **more)) for each in wanted], said)

    def replace(self, rows: Iterable[Any], same: bool, make: Callable[[], list[Any]], said: str) -> None:
        """These rows when they say the same, else new ones in their place."""
        if same:
            self.same += 1
            return
        for row in rows:
            db.session.delete(row)
        db.session.flush()
        db.session.add_all(make())
        db.session.flush()
        self.changed.append(said)

    def each_apart(
        self,
        rows: Iterable[Any],
        facts: Callable[[Any], Any],
        wanted: Iterable[Any],
        table: type[Any],
        say: Callable[[Any], str],
    ) -> None:
        """Each row told apart: those that are not wanted go, those that are missing come."""
        missing = Counter(wanted)
        for row in rows:
            fact = facts(row)
            if missing[fact]:
                missing[fact] -= 1
                self.same += 1
            else:
                db.session.delete(row)
                self.removed.append(say(fact))
        db.session.flush()
        for fact in missing.elements():
            db.session.add(table(**columns(table, fact)))
            self.created.append(say(fact))
        db.session.flush()

    def leave(self, what: str, rows: Mapping[str, Any]) -> None:
        self.left += [f"{what} « {row.name} »" for row in rows.values()]

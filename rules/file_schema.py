"""Sections of a commune's file: what keys they take, how they are read, written and documented.

A section is declared once; reading, writing and the reference tables of docs/configuration.md follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.file_kinds import Kind, Plain
from rules.file_nodes import (
    Entries,
    Items,
    Names,
    Node,
    Skipped,
    Spot,
    Text,
    as_list,
    is_empty,
    suggestion,
)
from rules.folding import fold
from rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a section. `attr` is its name for us; `also` are other spellings that are understood."""

    key: str
    attr: str
    kind: Kind
    doc: str
    required: bool = False
    default: Any = None
    also: tuple[str, ...] = ()


class Values(dict[str, Any]):
    """What a section said, by attribute, with the defaults; `line(attr)` tells where."""

    def __init__(self, values: Mapping[str, Any], lines: Mapping[str, int], line: int) -> None:
        super().__init__(values)
        self._lines = lines
        self._line = line

    def line(self, attr: str | None = None) -> int:
        return self._lines.get(attr or "", self._line)

    def said(self, attr: str) -> bool:
        """Whether the file itself gives that key."""
        return attr in self._lines


Build = Callable[[Values, Spot], Any]
Unbuild = Callable[[Any, Names], Mapping[str, Any]]


def _as_read(values: Values, _spot: Spot) -> Any:
    return values


def _attributes(value: Any, _names: Names) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else _Attributes(value)


class _Attributes(Mapping[str, Any]):
    """An object read as a mapping: the fields of a section are attributes of what it builds."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __getitem__(self, name: str) -> Any:
        return getattr(self._value, name)

    def __iter__(self) -> Iterator[str]:  # pragma: no cover - the fields say what is asked
        return iter(())

    def __len__(self) -> int:  # pragma: no cover
        return 0


@dataclass(frozen=True, slots=True)
class Section:
    """A table of keys.

    `build` makes what the section means (it may raise Refused, whose field is an attribute);
    `unbuild` is the inverse. `short` turns a terse form into the full one before reading;
    `shorten` turns what is written into its terse form. `hint` says where a key of somewhere else goes.
    """

    name: str
    doc: str
    fields: tuple[Field, ...]
    build: Build = _as_read
    unbuild: Unbuild = _attributes
    short: Callable[[Node, Spot], Node] | None = None
    shorten: Callable[[dict[str, Any]], Plain] | None = None
    hint: Callable[[str], str] | None = None

    @property
    def said(self) -> str:
        return self.name[0].lower() + self.name[1:]

    def keys(self) -> dict[str, Field]:
        return {fold(key): field for field in self.fields for key in (field.key, *field.also)}

    # -- reading --

    def read(self, node: Node, spot: Spot) -> Any:
        """What the node means. Raises Skipped once all that is wrong in it has been reported."""
        node = self.short(node, spot) if self.short else node
        if not isinstance(node, Entries):
            raise spot.refuse(node, f"On attend {self.said} : {_enumerate(self)}.")
        before = len(spot.report.problems)
        given = self._given(node, spot)
        values = self._values(given, spot)
        if len(spot.report.problems) == before:  # a misspelt key would be told twice
            for field in self.fields:
                if field.required and field.attr not in given:
                    spot.wrong(node.line, f"Il manque « {field.key} » : {field.kind.said}.")
        if len(spot.report.problems) > before:
            raise Skipped
        lines = {attr: key.line for attr, (key, _) in given.items()}
        return self._build(Values(values, lines, node.line), spot)

    def _given(self, node: Entries, spot: Spot) -> dict[str, tuple[Text, Node]]:
        keys, given = self.keys(), dict[str, tuple[Text, Node]]()
        for key, value in node.pairs:
            field = keys.get(fold(key.text))
            if field is None:
                spot.wrong(key.line, self._unknown(key, value, spot))
            elif field.attr in given:
                spot.wrong(key.line, f"« {key.text} » est écrit deux fois.")
            else:
                given[field.attr] = (key, value)
        return given

    def _unknown(self, key: Text, value: Node, spot: Spot) -> str:
        if is_cut(key, value):
            return COMMA
        hinted = self.hint(fold(key.text)) if self.hint else ""
        if hinted:
            return f"La clé « {key.text} » n’existe pas ici : {hinted}"
        homes = [home for home in spot.report.homes.get(fold(key.text), ()) if home != self.said]
        if 0 < len(homes) <= MOST_HOMES:
            return f"La clé « {key.text} » n’existe pas ici : elle va dans {' ou '.join(homes)}."
        close = suggestion(key.text, [each for field in self.fields for each in (field.key, *field.also)])
        return f"La clé « {key.text} » n’existe pas ici{close or f' : {_enumerate(self)}.'}"

    def _values(self, given: Mapping[str, tuple[Text, Node]], spot: Spot) -> dict[str, Any]:
        values = {field.attr: field.default for field in self.fields}
        for field in self.fields:
            if field.attr in given:
                _, value = given[field.attr]
                try:
                    values[field.attr] = field.kind.read(value, spot.into(field.key))
                except Skipped:
                    continue
        return values

    def _build(self, values: Values, spot: Spot) -> Any:
        try:
            return self.build(values, spot)
        except Refused as refusal:
            spot.wrong(values.line(refusal.field), refusal.sentence)
            raise Skipped from None

    # -- writing --

    def write(self, value: Any, names: Names) -> Plain:
        """The keys that say something else than their default, in the order of the declaration."""
        told = self.unbuild(value, names)
        written: dict[str, Any] = {}
        for field in self.fields:
            what = told[field.attr]
            if what is not None and (field.required or what != field.default):
                written[field.key] = field.kind.write(what, names)
        return self.shorten(written) if self.shorten else written


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of sections, or one alone."""

    each: Kind

    @property
    def said(self) -> str:
        return f"une liste : {self.each.said}"

    def read(self, node: Node, spot: Spot) -> tuple[Any, ...]:
        found, failed = [], False
        several = isinstance(node, Items)
        for number, item in enumerate(as_list(node), start=1):
            try:
                found.append(self.each.read(item, spot.into(f"n° {number}") if several else spot))
            except Skipped:
                failed = True
        if failed:
            raise Skipped
        return tuple(found)

    def write(self, value: Any, names: Names) -> Plain:
        written = [self.each.write(each, names) for each in value]
        return written[0] if len(written) == 1 and not isinstance(written[0], list) else written


@dataclass(frozen=True, slots=True)
class ByName:
    """A table whose keys are names that the file declares: `Cantine: {…}`. Reads as {name: value}."""

    each: Kind

    @property
    def said(self) -> str:
        return f"des noms, et pour chacun {self.each.said}"

    def read(self, node: Node, spot: Spot) -> dict[str, Any]:
        if not isinstance(node, Entries):
            raise spot.refuse(node, f"On attend {self.said}.")
        found: dict[str, Any] = {}
        failed = False
        for key, value in node.pairs:
            try:
                found[key.text.strip()] = self.each.read(value, spot.into(key.text.strip()))
            except Skipped:
                failed = True
        if failed:
            raise Skipped
        return found

    def write(self, value: Mapping[str, Any], names: Names) -> Plain:
        return {name: self.each.write(each, names) for name, each in value.items()}


MOST_HOMES = 2  # a key found in more sections than that tells nothing of where it goes
COMMA = (
    "Entre { }, la virgule sépare deux clés : écrivez le montant avec un point (3.80) ou entre guillemets."
)


def is_cut(key: Text, value: Node) -> bool:
    """Whether a key is the decimals of the amount before it: `{prix: 3,80}` is read as `{prix: 3, 80: }`."""
    return is_empty(value) and key.text.strip().isdecimal()


MOST_KEYS = 12


def _enumerate(section: Section) -> str:
    keys = [field.key for field in section.fields]
    return ", ".join(keys[:MOST_KEYS]) + (", etc" if len(keys) > MOST_KEYS else "")

"""What a value of a commune's file may be: how it is read, written and described in French."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from rules.file_nodes import Entries, Items, Names, Node, Skipped, Spot, Text, as_list, suggestion
from rules.folding import fold
from rules.instants import at_minute, paris
from rules.money import parse_cents
from rules.refusals import Refused
from rules.vocabulary import Labelled
from rules.wording import MONTHS, WEEKDAYS, weekday_name

Plain = str | list[Any] | dict[str, Any]

FIRST_YEAR, LAST_YEAR = 1990, 2099
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_NUMBER = re.compile(r"-?\d{1,9}(?:[.,]\d{1,6})?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_TIME = re.compile(r"(\d{1,2}) ?(?:h|:) ?(\d{2})?")
_INSTANT = re.compile(r"(\S+?)(?:(?: à | |T)(\d.*))?")
_DURATION = re.compile(r"(?:(\d{1,3}) ?h(?:eures?)?)? ?(?:(\d{1,4}) ?(?:mn|min|minutes?)?)?")
_WORDS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6}


class Kind(Protocol):
    """A kind of value; `said` completes « on attend … »."""

    @property
    def said(self) -> str: ...

    def read(self, node: Node, spot: Spot) -> Any: ...

    def write(self, value: Any, names: Names) -> Plain: ...


@dataclass(frozen=True, slots=True)
class Scalar:
    """A kind written in one text. `parse` raises ValueError, or Refused with its own sentence."""

    said: str
    parse: Callable[[str], Any]
    show: Callable[[Any], str] = str

    def read(self, node: Node, spot: Spot) -> Any:
        text = one_text(node, spot, self.said)
        try:
            return self.parse(text)
        except ValueError:
            raise spot.refuse(node, f"« {text} » ne convient pas : on attend {self.said}.") from None
        except Refused as refusal:
            raise spot.refuse(node, refusal.sentence) from None

    def write(self, value: Any, names: Names) -> Plain:
        return self.show(value)


def one_text(node: Node, spot: Spot, said: str) -> str:
    if not isinstance(node, Text):
        what = "une liste" if isinstance(node, Items) else "plusieurs clés"
        raise spot.refuse(node, f"On attend {said}, et non {what}.")
    text = _SPACES.sub(" ", node.text).strip()
    if not text:
        raise spot.refuse(node, f"Il manque une valeur : on attend {said}.")
    return text


# -- numbers ----------------------------------------------------------------------------


def number(text: str) -> Decimal:
    bare = _SPACES.sub("", text)
    if not _NUMBER.fullmatch(bare):
        raise ValueError
    return Decimal(bare.replace(",", "."))


def show_number(value: Decimal) -> str:
    """`1,5`, `0,3`, `499`."""
    return f"{value.normalize():f}".replace(".", ",")


def show_quotient(value: Decimal) -> str:
    """`499`, `622,50`: no decimals, or both."""
    return show_number(value) if value == value.to_integral_value() else f"{value:.2f}".replace(".", ",")


def show_amount(cents: int) -> str:
    sign, (euros, rest) = ("-" if cents < 0 else ""), divmod(abs(cents), 100)
    return f"{sign}{euros},{rest:02d}"


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = _WORDS.get(fold(text)) if not text.isdecimal() else int(text)
        if value is None or not low <= value <= high:
            raise ValueError
        return value

    return parse


def whole(low: int = 0, high: int = 100_000) -> Scalar:
    return Scalar(f"un nombre entier de {low} à {high}", _whole(low, high))


def _positive_cents(text: str) -> int:
    cents = parse_cents(text)
    if cents < 0:
        raise Refused(f"« {text} » est un montant négatif.")
    return cents


def _quotient(text: str) -> Decimal:
    value = number(text)
    exponent = value.as_tuple().exponent
    if value < 0 or (isinstance(exponent, int) and exponent < -2):
        raise ValueError
    return value


def _percent(text: str) -> Decimal:
    return number(text.removesuffix("%"))


AMOUNT = Scalar("un montant (3,80)", _positive_cents, show_amount)
QUOTIENT = Scalar("un quotient (622,50)", _quotient, show_quotient)
PERCENT = Scalar("un pourcentage (0,3 %)", _percent, lambda value: f"{show_number(value)} %")
FACTOR = Scalar("un nombre (1,5)", number, show_number)


# -- days and times ---------------------------------------------------------------------


def parse_day(text: str) -> date:
    """`2026-09-01`, `01/09/2026` or `1er septembre 2026`; refused out of the years that we can count."""
    day = _any_day(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused(f"« {text} » est trop loin : de {FIRST_YEAR} à {LAST_YEAR}.")
    return day


def _any_day(text: str) -> date:
    iso, french = _ISO_DAY.fullmatch(text), _FRENCH_DAY.fullmatch(text)
    if iso:
        return date(*(int(part) for part in iso.groups()))
    if french:
        return date(*(int(part) for part in reversed(french.groups())))
    day, month, year = fold(text).split(" ")[-3:]
    return date(int(year), _month(month), int(day.removesuffix("er")))


def _month(name: str) -> int:
    return [fold(month) for month in MONTHS].index(name) + 1


def parse_minute(text: str) -> int:
    """A time of day in minutes: `9h`, `9 h 30`, `23:59`, `24:00`, midi, minuit (the end of the day)."""
    named = {"midi": 720, "minuit": 1440}.get(fold(text))
    if named is not None:
        return named
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError
    minute = int(found[1]) * 60 + int(found[2] or 0)
    if minute > 1440 or int(found[2] or 0) > 59:
        raise ValueError
    return minute


def show_minute(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def parse_instant(text: str) -> datetime:
    """A Paris instant, to the second: `2026-11-25 23:59:59`; a day alone is its first instant."""
    found = _INSTANT.fullmatch(text)
    day, clock = (text, None) if found is None else (found[1], found[2])
    if clock is None:
        return at_minute(parse_day(text), 0)
    seconds = re.fullmatch(r"(\d{1,2}:\d{2}):(\d{2})", clock)
    if seconds and int(seconds[2]) > 59:
        raise ValueError
    minute = parse_minute(seconds[1] if seconds else clock)
    instant = at_minute(parse_day(day), minute)
    return instant + timedelta(seconds=int(seconds[2])) if seconds else instant


def show_instant(instant: datetime) -> str:
    local = paris(instant)
    return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def parse_duration(text: str) -> int:
    """Minutes: `30 minutes`, `30`, `1 h 30`, `2 heures`."""
    found = _DURATION.fullmatch(text.strip())
    if not found or not (found[1] or found[2]):
        raise ValueError
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def parse_month(text: str) -> date:
    """The first day of `2026-12`, `12/2026` or `décembre 2026`."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text) or re.fullmatch(r"(\d{1,2})/(\d{4})", text)
    if found:
        first, second = int(found[1]), int(found[2])
        year, month = (first, second) if first > 12 else (second, first)
        return parse_day(f"{year:04d}-{month}-1")
    name, year_said = fold(text).split(" ")
    return parse_day(f"1 {name} {year_said}")


def parse_year_day(text: str) -> tuple[int, int]:
    """A day of any year, as (month, day): `1er janvier`, `31 août` or `31/08`."""
    slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})", text)
    if slashed:
        day, month = int(slashed[1]), int(slashed[2])
    else:
        first, name = fold(text).split(" ")
        day, month = int(first.removesuffix("er")), _month(name)
    date(2024, month, day)
    return month, day


def show_year_day(value: tuple[int, int]) -> str:
    month, day = value
    return f"{'1er' if day == 1 else day} {MONTHS[month - 1]}"


def parse_weekday(text: str) -> int:
    folded = fold(text).removeprefix("le ")
    for index, name in enumerate(WEEKDAYS, start=1):
        if folded in (name, f"{name}s", name[:3]):
            return index
    raise ValueError


DAY = Scalar("une date (2026-09-01 ou 01/09/2026)", parse_day, date.isoformat)
MINUTE = Scalar("une heure (23:59, 9h ou 9 h 30)", parse_minute, show_minute)
INSTANT = Scalar("un instant (2026-11-25 23:59:59)", parse_instant, show_instant)
DURATION = Scalar("une durée (30 minutes ou 1 h 30)", parse_duration, lambda value: f"{value} minutes")
MONTH = Scalar("un mois (2026-12)", parse_month, lambda day: f"{day:%Y-%m}")
YEAR_DAY = Scalar("un jour de l’année (1er janvier)", parse_year_day, show_year_day)
WEEKDAY = Scalar("un jour de la semaine (mercredi)", parse_weekday, weekday_name)


# -- words ------------------------------------------------------------------------------


def text_kind(longest: int, said: str = "un texte") -> Scalar:
    def parse(text: str) -> str:
        if len(text) > longest:
            raise Refused(f"Ce texte a {len(text)} caractères : {longest} au plus.")
        return text

    return Scalar(said, parse)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words. The first word given for a value is the one that is written."""

    words: tuple[tuple[str, Any], ...]

    @property
    def said(self) -> str:
        firsts = list(self._canonical().values())
        return f"{', '.join(firsts[:-1])} ou {firsts[-1]}" if len(firsts) > 1 else firsts[0]

    def _canonical(self) -> dict[Any, str]:
        found: dict[Any, str] = {}
        for word, value in self.words:
            found.setdefault(value, word)
        return found

    def parse(self, text: str) -> Any:
        return {fold(word): value for word, value in self.words}[fold(text)]

    def read(self, node: Node, spot: Spot) -> Any:
        text = one_text(node, spot, self.said)
        try:
            return self.parse(text)
        except KeyError:
            close = suggestion(text, [word for word, _ in self.words]) or f" : on attend {self.said}."
            raise spot.refuse(node, f"« {text} » n’est pas prévu ici{close}") from None

    def write(self, value: Any, names: Names) -> Plain:
        return self._canonical()[value]


def choice(*words: tuple[str, Any]) -> Choice:
    return Choice(words)


def labels(kind: type[Labelled]) -> Choice:
    """The members of a vocabulary by their labels, first letter lowered."""
    return Choice(tuple((each.label[0].lower() + each.label[1:], each) for each in kind))


YES = choice(("oui", True), ("non", False), ("vrai", True), ("faux", False), ("true", True), ("false", False))


# -- several ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Several:
    """One or several values of a kind: a list, or words between commas. `made` gathers them."""

    each: Kind
    made: Callable[[Sequence[Any]], Any] = frozenset
    groups: Mapping[str, Sequence[Any]] | None = None

    @property
    def said(self) -> str:
        return f"un ou plusieurs : {self.each.said}"

    def read(self, node: Node, spot: Spot) -> Any:
        if isinstance(node, Entries):
            raise spot.refuse(node, f"On attend {self.said}, et non plusieurs clés.")
        found: list[Any] = []
        failed = False
        for item in as_list(node):
            for part in self._parts(item, spot):
                try:
                    found += self._expand(part, spot)
                except Skipped:
                    failed = True
        if failed:
            raise Skipped
        if not found:
            raise spot.refuse(node, f"Il manque une valeur : on attend {self.said}.")
        return self.made(found)

    def _parts(self, item: Node, spot: Spot) -> list[Node]:
        """What commas and « et » separate, but for a name that holds one: « École Pierre et Marie Curie »."""
        if not isinstance(item, Text) or self._is_a_name(item.text, spot):
            return [item]
        parts = [part for part in re.split(r"[,;]", item.text) if part.strip()]
        return [
            Text(item.line, word)
            for part in parts
            for word in ([part] if self._is_a_name(part, spot) else re.split(r" et ", part))
            if word.strip()
        ]

    def _is_a_name(self, text: str, spot: Spot) -> bool:
        kind = self.each
        return isinstance(kind, Named) and spot.report.names.number(kind.what, text.strip()) is not None

    def _expand(self, part: Node, spot: Spot) -> Sequence[Any]:
        if self.groups and isinstance(part, Text) and fold(part.text) in self.groups:
            return self.groups[fold(part.text)]
        return [self.each.read(part, spot)]

    def write(self, value: Any, names: Names) -> Plain:
        values = sorted(value) if isinstance(value, (set, frozenset)) else list(value)
        words = [str(self.each.write(each, names)) for each in values]
        return words if any(re.search(r"[,;]", word) for word in words) else ", ".join(words)


class Weekdays(Several):
    """`lundi, mardi`, `lundi à vendredi`, or a list of them."""

    __slots__ = ()

    def _parts(self, item: Node, spot: Spot) -> list[Node]:
        if isinstance(item, Text) and not re.search(r"[,;]| et | à ", item.text):
            return [Text(item.line, word) for word in item.text.split()]
        return Several._parts(self, item, spot)

    def _expand(self, part: Node, spot: Spot) -> Sequence[int]:
        bounds = re.split(r" à | au ", part.text) if isinstance(part, Text) else []
        if len(bounds) == 2:
            first, last = (
                self.each.read(Text(part.line, bound.removeprefix("du ")), spot) for bound in bounds
            )
            return range(first, last + 1) if first < last else [first, last]
        return [self.each.read(part, spot)]


WEEKDAYS_KIND = Weekdays(WEEKDAY)


@dataclass(frozen=True, slots=True)
class Named:
    """The name of something that the file declares, read as its number."""

    what: str  # « école », « activité », « service »

    @property
    def said(self) -> str:
        return f"le nom d’{_ARTICLES[self.what]} du fichier"

    def read(self, node: Node, spot: Spot) -> Any:
        name = one_text(node, spot, self.said)
        number = spot.report.names.number(self.what, name)
        if number is None:
            close = suggestion(name, spot.report.names.known(self.what))
            raise spot.refuse(
                node, f"Le fichier ne déclare pas {_ARTICLES[self.what]} « {name} »{close or '.'}"
            )
        return number

    def write(self, value: Any, names: Names) -> Plain:
        return names.name(self.what, value)


_ARTICLES = {"école": "une école", "activité": "une activité", "service": "un service"}
SCHOOL, ACTIVITY, SERVICE = Named("école"), Named("activité"), Named("service")

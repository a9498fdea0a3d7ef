"""The YAML text of a commune's file: read as located plain nodes, written readable and always the same.

Scalars are never interpreted: YAML would make 1380 minutes of `23:00`, and « faux » of `non`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rules.file_nodes import Entries, Items, Node, Problem, Text, is_empty
from rules.refusals import Refused

DEEPEST, MOST_NODES = 30, 200_000
NARROW = 120
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`<~][^\n]*")
_UNWRITABLE = re.compile("[\\0\ud800-\udfff]")  # escaped, YAML lets them in; no database takes them
_ENCODINGS = ("utf-8-sig", "cp1252")


class Unreadable(Exception):
    """The text is not YAML that we read; `problem` says where."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = Problem(line, (), sentence)


def decode(content: bytes) -> str:
    """The text of a file, as offices save it (UTF-8, or Windows). Refused when it is not text."""
    if b"\0" in content:
        raise Refused("Ce fichier n’est pas du texte : enregistrez-le en YAML, codage UTF-8.")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("Ce fichier n’est pas du texte : enregistrez-le en YAML, codage UTF-8.")


# -- reading ----------------------------------------------------------------------------


def parse(text: str) -> Node:
    """The nodes of one YAML document. Raises Unreadable with the line and a sentence."""
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_line_of(error), _sentence(error, text)) from None
    except (yaml.YAMLError, RecursionError):
        raise Unreadable(
            1, "Ce texte n’est pas du YAML lisible : caractères interdits ou trop imbriqué."
        ) from None
    if root is None:
        raise Unreadable(1, "Le fichier est vide.")
    return _Reader(text).node(root, 0)


def _line_of(error: Any) -> int:
    mark = error.problem_mark or error.context_mark
    return int(mark.line) + 1 if mark else 1


def _sentence(error: Any, text: str) -> str:
    told = f"{error.problem or ''} {error.context or ''}"
    lines = text.splitlines()
    line = lines[min(_line_of(error), len(lines)) - 1] if lines else ""
    for words, sentence in _YAML_SAYS:
        if words in told:
            return f"{sentence} Texte lu : « {line.strip()[:60]} »."
    return f"L’écriture n’est pas celle d’un fichier YAML. Texte lu : « {line.strip()[:60]} »."


_YAML_SAYS = (
    ("'\\t'", "Une tabulation n’est pas permise : décalez avec des espaces."),
    (
        "mapping values are not allowed",
        "Il y a « : » dans une valeur : mettez-la entre guillemets, ou alignez la clé.",
    ),
    ("could not find expected ':'", "Il manque « : » après une clé."),
    ("undefined alias", "L’alias (*…) n’a pas d’ancre (&…) avant lui."),
    ("expected ',' or '}'", "Une accolade n’est pas fermée, ou une virgule manque."),
    ("expected ',' or ']'", "Un crochet n’est pas fermé, ou une virgule manque."),
    ("expected <block end>", "L’alignement n’est pas celui des lignes voisines."),
    ("while scanning a quoted scalar", "Des guillemets ne sont pas fermés."),
    ("expected a single document", "Un fichier tient un seul document : retirez la ligne « --- »."),
)


class _Reader:
    """Nodes of PyYAML to ours; anchors are shared, merges (`<<`) are unfolded, bombs are refused."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.count = 0

    def node(self, found: Any, depth: int) -> Node:
        line = found.start_mark.line + 1
        self.count += 1
        if depth > DEEPEST or self.count > MOST_NODES:
            raise Unreadable(line, "Le fichier est trop imbriqué, ou trop long.")
        if isinstance(found.value, str):
            if _UNWRITABLE.search(found.value):
                raise Unreadable(line, "Un caractère de ce texte ne s’écrit pas : retirez-le.")
            return Text(line, found.value)
        if found.id == "sequence":
            return Items(line, tuple(self.node(each, depth + 1) for each in found.value))
        return Entries(line, tuple(self._pairs(found, depth + 1)))

    def _pairs(self, found: Any, depth: int) -> list[tuple[Text, Node]]:
        own: list[tuple[Text, Node]] = []
        merged: list[tuple[Text, Node]] = []
        end = 0
        for key, value in found.value:
            name = self.node(key, depth)
            if not isinstance(name, Text):
                raise Unreadable(name.line, "Une clé est un texte simple.")
            glued, end = key.start_mark.index == end + 1, max(key.end_mark.index, value.end_mark.index)
            if found.flow_style and own and (joined := _uncut(own[-1], name, glued, self._is_bare(key))):
                own[-1] = (joined[0], joined[1] or self.node(value, depth))
            elif name.text == "<<":
                merged += self._merged(value, depth)
            else:
                own.append((name, self.node(value, depth)))
        said = {name.text for name, _ in own}
        return [*own, *(pair for pair in merged if pair[0].text not in said)]

    def _is_bare(self, key: Any) -> bool:
        """Whether no colon follows that key of a `{ }`."""
        return not self.text[key.end_mark.index :].lstrip().startswith(":")

    def _merged(self, value: Any, depth: int) -> list[tuple[Text, Node]]:
        node = self.node(value, depth)
        tables = node.items if isinstance(node, Items) else (node,)
        return [pair for table in tables if isinstance(table, Entries) for pair in table.pairs]


def _uncut(
    before: tuple[Text, Node], name: Text, glued: bool, is_bare: bool
) -> tuple[Text, Node | None] | None:
    """The pair that a comma between `{ }` has cut in two, when it can only be that.

    `{prix: 3,80}` and `{jours: lundi, mardi}` are cut in their value, `{moins de 622,50: 3.30}` in its
    key (the node None: its value is the one to come). A space tells a list from decimals.
    """
    key, value = before
    is_decimals = glued and name.text[:1].isdecimal()
    if is_decimals and key.text[-1:].isdecimal() and is_empty(value):
        return Text(key.line, f"{key.text},{name.text}"), None
    if not is_bare or not isinstance(value, Text) or not value.text.strip():
        return None
    if is_decimals and re.search(r"(?<![\d.,])\d+$", value.text):
        return key, Text(value.line, f"{value.text},{name.text}")
    is_word = not glued and not name.text[:1].isdecimal()
    return (key, Text(value.line, f"{value.text}, {name.text}")) if is_word else None


def plain_of(node: Node) -> Any:
    """A node as plain tables, lists and texts."""
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Items):
        return [plain_of(each) for each in node.items]
    return {key.text: plain_of(value) for key, value in node.pairs}


# -- writing ----------------------------------------------------------------------------


def write(plain: Mapping[str, Any], comments: Mapping[str, str] | None = None) -> str:
    """A table as text, in the order given; `comments` go above the keys of the first level.

    What fits on a line is written on one; the same table always gives the same text.
    """
    lines: list[str] = []
    for key, value in plain.items():
        comment = (comments or {}).get(key)
        if lines and (comment or not isinstance(value, str)):
            lines.append("")
        lines += [f"# {line}" for line in comment.splitlines()] if comment else []
        lines += _entry(_scalar(key), value, 0)
    return "\n".join(lines) + "\n"


def _entry(head: str, value: Any, indent: int) -> list[str]:
    margin = "  " * indent
    if isinstance(value, str):
        return [f"{margin}{head}: {_scalar(value)}"]
    flow = _flow(value)
    is_leaf = isinstance(value, Mapping) and indent and not _has_tables(value)
    if not value or (is_leaf and len(margin) + len(head) + len(flow) + 2 <= NARROW):
        return [f"{margin}{head}: {flow}"]
    if isinstance(value, Mapping):
        inner = [_entry(_scalar(key), each, indent + 1) for key, each in value.items()]
        return [f"{margin}{head}:", *(line for lines in inner for line in lines)]
    return [f"{margin}{head}:", *(line for each in value for line in _item(each, indent + 1))]


def _item(value: Any, indent: int) -> list[str]:
    margin = "  " * indent
    flow = _scalar(value) if isinstance(value, str) else _flow(value)
    fits = len(margin) + len(flow) + 2 <= NARROW
    if isinstance(value, str) or not value or (fits and not _has_tables(value)):
        return [f"{margin}- {flow}"]
    if isinstance(value, Mapping):
        lines = [line for key, each in value.items() for line in _entry(_scalar(key), each, indent + 1)]
    else:
        lines = [line for each in value for line in _item(each, indent + 1)]
    return [f"{margin}- {lines[0].lstrip()}", *lines[1:]]


def _has_tables(value: Any) -> bool:
    inside = value.values() if isinstance(value, Mapping) else value
    return any(isinstance(each, (Mapping, list)) and _is_big(each) for each in inside)


def _is_big(value: Any) -> bool:
    inside = value.values() if isinstance(value, Mapping) else value
    return any(not isinstance(each, str) for each in inside)


def _flow(value: Any) -> str:
    if isinstance(value, str):
        return _scalar(value, in_flow=True)
    if isinstance(value, Mapping):
        pairs = (f"{_scalar(key, in_flow=True)}: {_flow(each)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    return f"[{', '.join(_flow(each) for each in _sequence(value))}]"


def _sequence(value: Any) -> Sequence[Any]:
    return list(value)


def _scalar(text: str, in_flow: bool = False) -> str:
    """The text as it is when YAML reads it back the same, else between double quotes."""
    safe = _PLAIN.fullmatch(text) and text == text.strip() and text.isprintable()
    confusing = ": " in text or " #" in text or text.endswith(":")
    if safe and not confusing and not (in_flow and re.search(r"[,\[\]{}]", text)):
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{quoted}"'

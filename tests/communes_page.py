"""docs/communes.md, made from the configurations of tests/communes and the needs of tests/needs.py."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config import ROOT
from operations.commune_files import Checked, check
from tests import needs
from tests.needs import FAMILIES, NEEDS, Verdict

FOLDER = ROOT / "tests" / "communes"
PAGE = ROOT / "docs" / "communes.md"
FILES = sorted(FOLDER.glob("*.yaml"))
FICTIONAL, FOUND_LATER = "exemple-", "autre-"
INTRODUCTION = """\
# Des règlements en configuration

Le portail ne connaît aucune commune : chacune est un fichier (docs/configuration.md). `tests/communes/`
en tient {files}, écrits à partir de cette seule documentation : {real} règlements réels, dits avec nos mots
et leur source, et {invented} inventés pour éprouver d’autres combinaisons. La suite les lit et rejoue leurs
{examples} exemples ; la même chose à la main :

```sh
flask --app app commune examples tests/communes
```

Seuls les montants imprimés par la commune y sont les siens ; quand une structure ne se montre pas sans
prix, il est dit « d’exemple ».
Cette page est produite par `tests/communes_page.py` et tenue égale par un test.
"""


@cache
def checked(path: Path) -> Checked:
    return check(path.read_bytes())


def is_fictional(path: Path) -> bool:
    return path.name.startswith(FICTIONAL)


def is_of_the_corpus(path: Path) -> bool:
    """Those the rules were written against; the others were read once the file format was there."""
    return not path.name.startswith((FICTIONAL, FOUND_LATER))


def page() -> str:
    """The whole page, always the same for the same files."""
    corpus = [path for path in FILES if is_of_the_corpus(path)]
    others = [path for path in FILES if not is_fictional(path) and path not in corpus]
    invented = [path for path in FILES if is_fictional(path)]
    examples = sum(len(checked(path).examples) for path in FILES)
    parts = [
        INTRODUCTION.format(
            files=len(FILES), real=len(corpus) + len(others), invented=len(invented), examples=examples
        ),
        "\n".join(_share()),
        "\n".join(_real(corpus)),
        "\n".join(_others(others)),
        "\n".join(_invented(invented)),
        "\n".join(_aside()),
        *("\n".join(_family(name)) for name in FAMILIES),
    ]
    return "\n".join(parts)


def _share() -> Iterator[str]:
    yield "## Ce qui se dit"
    yield ""
    yield needs.sentence()
    yield ""
    yield "« Tenu par le portail » : réglage, écran ou rythme qui ne change ni date ni prix."
    yield "« Hors du champ » : chaque ligne dit pourquoi."
    yield ""


def _real(paths: list[Path]) -> Iterator[str]:
    yield "## Les règlements réels"
    yield ""
    yield "| fichier | commune | exemples | ce qui s’y voit |"
    yield "|---|---|---|---|"
    for path in paths:
        seen = ", ".join(need.words for need in NEEDS if path.stem in need.proofs)
        yield f"| `{path.stem}` | {_name(path)} | {len(checked(path).examples)} | {seen or '—'} |"
    yield ""


def _others(paths: list[Path]) -> Iterator[str]:
    yield "Lus ensuite, pour éprouver la documentation sur des règlements qu’elle ne connaissait pas :"
    yield ""
    yield "| fichier | commune | exemples |"
    yield "|---|---|---|"
    yield from (f"| `{path.stem}` | {_name(path)} | {len(checked(path).examples)} |" for path in paths)
    yield ""


def _invented(paths: list[Path]) -> Iterator[str]:
    yield "## Les règlements inventés"
    yield ""
    yield "| fichier | ce qu’il éprouve | exemples |"
    yield "|---|---|---|"
    for path in paths:
        _, _, subject = _name(path).partition(", ")
        yield f"| `{path.stem}` | {subject} | {len(checked(path).examples)} |"
    yield ""


def _aside() -> Iterator[str]:
    told = needs.CORPUS_EXAMPLES - len(needs.OUT_OF_SCOPE_EXAMPLES)
    yield "## Ce qui n’a pas de fichier, ou pas d’exemple"
    yield ""
    yield f"Le corpus a {needs.CORPUS_ENTRIES} entrées et {needs.CORPUS_EXAMPLES} exemples :"
    yield f"{told} sont rejoués ici. Sans rien à calculer :"
    yield ""
    yield from (f"* {name} : {why} ;" for name, why in needs.WITHOUT_FILE.items())
    yield ""
    yield "Exemples hors du champ :"
    yield ""
    yield from (f"* {name} : {why} ;" for name, why in needs.OUT_OF_SCOPE_EXAMPLES.items())
    yield ""
    yield "Hors du corpus, des phrases que l’on trouve et que le format ne dit pas :"
    yield ""
    yield from (f"* « {sentence} » : {why} ;" for sentence, why in needs.UNSAID.items())
    yield ""


def _family(name: str) -> Iterator[str]:
    yield f"## {name}, besoin par besoin"
    yield ""
    yield "| besoin | code | cas | verdict | où, ou pourquoi |"
    yield "|---|---|---|---|---|"
    for need in FAMILIES[name]:
        where = ", ".join(f"`{proof}`" for proof in need.proofs) or need.why
        yield f"| {need.words} | `{need.code}` | {need.uses} | {_VERDICTS[need.verdict]} | {where} |"
    yield ""


_VERDICTS = {Verdict.SAID: "dit", Verdict.PORTAL: "portail", Verdict.OUT: "hors du champ"}


def _name(path: Path) -> str:
    reglement = checked(path).reglement
    assert reglement is not None, path.name
    return str(reglement.settings["name"])

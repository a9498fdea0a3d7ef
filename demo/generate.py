"""Writes demo/familles.csv, the file of an imaginary old software: `python -m demo.generate`.

The families who must be there are written one by one; the others are drawn from lists of names
with a fixed seed, so that the file is always the same. Nobody in it exists: the telephone numbers
are those that Arcep keeps for fiction, the domain is reserved for examples.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

from demo.names import CHILDREN, ELSEWHERE, LAST_NAMES, MEN, STREETS, WOMEN
from rules.folding import slug
from rules.import_rows import COLUMNS

FILE = Path(__file__).parent / "familles.csv"
DRAWN = 118
LEVELS = ("PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2")
BORN = dict(zip(LEVELS, range(2023, 2015, -1), strict=True))
NURSERIES = ("Maternelle Les Hirondelles", "Maternelle du Vieux Puits")
ELEMENTARIES = ("Élémentaire Les Tilleuls", "Élémentaire du Vallon")
ALL = "Cantine, Garderie du matin, Garderie du soir"

Row = dict[str, str]


class Town:
    """Draws what differs from one family to the next; numbers and e-mails are given once."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - fiction, not a secret
        self.emails: set[str] = set()
        self.phones = 0

    def phone(self) -> str:
        self.phones += 1
        digits = f"{self.phones:04d}"
        return f"06 39 98 {digits[:2]} {digits[2:]}"

    def home_phone(self) -> str:
        return f"04 65 71 {self.random.randrange(100):02d} {self.random.randrange(100):02d}"

    def email(self, first_name: str, last_name: str) -> str:
        base = f"{slug(first_name)}.{slug(last_name)}"
        found = next(
            each
            for n in range(1, 99)
            if (each := f"{base}{n if n > 1 else ''}@villars.example") not in self.emails
        )
        self.emails.add(found)
        return found

    def address(self, city: tuple[str, str] = ("42390", "Villars")) -> Row:
        number = self.random.randrange(1, 90)
        street = self.random.choice(STREETS)
        return {"adresse": f"{number} {street}", "code_postal": city[0], "commune": city[1]}

    def quotient(self, value: str | None = None) -> Row:
        """Spread like those of a small town: half under 800, a long tail above."""
        if value is None:
            drawn = min(max(self.random.lognormvariate(6.7, 0.45), 120), 3200)
            value = f"{drawn:.2f}".replace(".", ",") if self.random.random() < 0.7 else str(int(drawn))
        received = f"{self.random.randrange(5, 29):02d}/01/2026"
        return {
            "quotient": value,
            "quotient_effet": "01/01/2026",
            "quotient_recu": received,
            "quotient_origine": self.random.choice(("CAF", "CAF", "CAF", "CAF", "MSA", "impôts")),
            "quotient_document": f"Attestation du {received}",
        }

    def adult(self, prefix: str, civility: str, first_name: str, last_name: str, link: str) -> Row:
        row = {
            "civilite": civility,
            "nom": last_name,
            "prenom": first_name,
            "lien": link,
            "courriel": self.email(first_name, last_name),
            "portable": self.phone(),
        }
        if civility == "Mme" and self.random.random() < 0.3:
            row["nom_naissance"] = self.random.choice(LAST_NAMES)
        if self.random.random() < 0.2:
            row["telephone"] = self.home_phone()
        return {f"{prefix}_{column}": value for column, value in row.items()}

    def mother(self, first_name: str, last_name: str, prefix: str = "resp1") -> Row:
        return self.adult(prefix, "Mme", first_name, last_name, "mère")

    def father(self, first_name: str, last_name: str, prefix: str = "resp2") -> Row:
        return self.adult(prefix, "M.", first_name, last_name, "père")

    def child(self, first_name: str, last_name: str, level: str, sector: int, **more: str) -> Row:
        born = f"{self.random.randrange(1, 29):02d}/{self.random.randrange(1, 13):02d}/{BORN[level]}"
        row = {
            "enfant_nom": last_name,
            "enfant_prenom": first_name,
            "enfant_naissance": born,
            "ecole": (NURSERIES if level in LEVELS[:3] else ELEMENTARIES)[sector],
            "classe": self.class_name(level, sector),
            "niveau": level,
            "services": self.random.choice((ALL, ALL, ALL, "Cantine, Garderie du soir", "Cantine")),
        }
        return row | more

    def class_name(self, level: str, sector: int) -> str:
        """The Vallon has one class of two levels: every CE2 is in it, with some of the CE1."""
        if sector == 1 and (level == "CE2" or (level == "CE1" and self.random.random() < 0.4)):
            return "CE1-CE2"
        return level


# -- the families who must be there -------------------------------------------------------


def chosen(town: Town) -> Iterator[Row]:
    yield from _martin(town)
    yield from _bernard_haddad(town)
    yield from _newcomer(town)
    yield from _stepfamily(town)
    yield from _separated(town)
    yield from _grandmother(town)
    yield from _twins(town)
    yield from _without_quotient(town)
    yield from _from_elsewhere(town)


def _martin(town: Town) -> Iterator[Row]:
    home = {"numero_famille": "1001", **town.address(), **town.quotient("512,50")}
    home |= town.mother("Claire", "Martin") | town.father("Paul", "Martin")
    yield home | town.child("Léa", "Martin", "CE1", 0, classe="CE1", services=ALL)
    yield home | town.child("Hugo", "Martin", "MS", 0, services=ALL)


def _bernard_haddad(town: Town) -> Iterator[Row]:
    ines = town.child("Inès", "Haddad", "CE2", 1, numero_enfant="E20", services=ALL)
    hers = {"numero_famille": "1002", **town.address(), **town.quotient("684,20")}
    hers |= town.mother("Sonia", "Bernard")
    his = {"numero_famille": "1003", **town.address(), **town.quotient("1120")}
    his |= town.father("Karim", "Haddad", "resp1")
    yield hers | ines | {"garde": "semaines paires", "garde_autre_famille": "1003"}
    yield his | ines | {"garde": "semaines impaires", "garde_autre_famille": "1002"}


def _newcomer(town: Town) -> Iterator[Row]:
    home = {"numero_famille": "1004", **town.address(), **town.quotient("455,80"), "depuis": "02/11/2026"}
    home |= town.mother("Julie", "Faure") | {"resp1_courriel": "nouveau.parent@villars.example"}
    yield home | town.child("Malo", "Faure", "PS", 1, services=ALL)


def _stepfamily(town: Town) -> Iterator[Row]:
    """Each partner sees their own child alone, and both see the one they share."""
    home = {"numero_famille": "1005", **town.address(), **town.quotient("731,40")}
    aurelie, mathieu = town.mother("Aurélie", "Perrin"), town.father("Mathieu", "Delmas")
    her_partner = {"resp2_lien": "beau-père", "resp2_responsable": "non"}
    his_partner = {"resp1_lien": "belle-mère", "resp1_responsable": "non"}
    yield home | aurelie | mathieu | her_partner | town.child("Tom", "Girard", "CM1", 0)
    yield home | aurelie | mathieu | his_partner | town.child("Jade", "Delmas", "CE2", 0)
    yield home | aurelie | mathieu | town.child("Noé", "Delmas", "PS", 0)


def _separated(town: Town) -> Iterator[Row]:
    """Two addresses, one paying family: the father shares the calendar and pays nothing."""
    hers = {"numero_famille": "1006", **town.address(), **town.quotient("598,10")}
    hers |= town.mother("Nathalie", "Garnier")
    his = {"numero_famille": "1007", **town.address()} | town.father("Olivier", "Fournier", "resp1")
    for number, first_name, level in (("E61", "Maxime", "CM2"), ("E62", "Lucie", "CP")):
        child = town.child(first_name, "Fournier", level, 1, numero_enfant=number)
        yield hers | child
        yield his | child | {"garde": "autre famille", "garde_autre_famille": "1006"}


def _grandmother(town: Town) -> Iterator[Row]:
    """No e-mail, no account: paper is a channel."""
    home = {"numero_famille": "1008", **town.address(), **town.quotient("388")}
    home |= town.adult("resp1", "Mme", "Yvette", "Chazal", "tutrice")
    home |= {"resp1_courriel": "", "resp1_portable": "", "resp1_telephone": town.home_phone()}
    yield home | town.child("Enzo", "Chazal", "CM1", 1)


def _twins(town: Town) -> Iterator[Row]:
    home = {"numero_famille": "1009", **town.address(), **town.quotient("642,75")}
    home |= town.mother("Sarah", "Moreau") | town.father("Julien", "Moreau")
    born = {"enfant_naissance": "17/03/2020", "services": ALL}
    yield home | town.child("Adam", "Moreau", "CP", 0, **born)
    yield home | town.child("Ambre", "Moreau", "CP", 0, **born)


def _without_quotient(town: Town) -> Iterator[Row]:
    home = {"numero_famille": "1010", **town.address()}
    home |= town.mother("Thi Mai", "Nguyen") | town.father("Minh", "Nguyen")
    yield home | town.child("Linh", "Nguyen", "GS", 1, services=ALL)


def _from_elsewhere(town: Town) -> Iterator[Row]:
    home = {"numero_famille": "1011", **town.address(ELSEWHERE[0]), **town.quotient("905,30")}
    home |= town.mother("Élodie", "Vasseur") | town.father("Romain", "Vasseur")
    yield home | town.child("Alice", "Vasseur", "CE2", 0, services=ALL)


# -- the others -----------------------------------------------------------------------------


def drawn(town: Town) -> Iterator[Row]:
    for n in range(DRAWN):
        yield from _family(town, str(1100 + n))


def _family(town: Town, number: str) -> Iterator[Row]:
    random = town.random
    name = random.choice(LAST_NAMES)
    elsewhere = random.random() < 0.06
    home = {
        "numero_famille": number,
        **town.address(random.choice(ELSEWHERE) if elsewhere else ("42390", "Villars")),
    }
    if random.random() > 0.07:
        home |= town.quotient()
    home |= _parents(town, name)
    if random.random() < 0.03:
        home |= {"habitant": "oui", "habitant_motif": "Dérogation : agent communal"} if elsewhere else {}
    for level, first_name in _children(town):
        yield home | town.child(first_name, name, level, _sector(number))


def _sector(number: str) -> int:
    return int(number) % 2


def _parents(town: Town, name: str) -> Row:
    """Two parents of one name, of two names, or one alone."""
    random = town.random
    kind = random.random()
    mother = town.mother(random.choice(WOMEN), name if kind < 0.65 else random.choice(LAST_NAMES))
    if kind > 0.9:
        return mother
    father = town.father(random.choice(MEN), name)
    return mother | father | ({"resp2_payeur": "oui"} if random.random() < 0.2 else {})


def _children(town: Town) -> Iterator[tuple[str, str]]:
    random = town.random
    count = random.choices((1, 2, 3), weights=(56, 38, 6))[0]
    first_names = random.sample(CHILDREN, count)
    yield from zip(random.sample(LEVELS, count), first_names, strict=True)


def rows() -> list[Row]:
    town = Town(seed=42390)
    return [*chosen(town), *drawn(town)]


def write() -> None:
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";", restval="")
        writer.writeheader()
        writer.writerows(rows())


if __name__ == "__main__":
    write()

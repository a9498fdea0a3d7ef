"""The thirteen subjects of the parents' space, in the words and the order of the town's guide.

The home page lays them out, the help page explains each one at length.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tile:
    """`hint` is said on the home page, `help` on the help page.

    With a single child, `of_child` is the end of the address of that child's own page.
    """

    url: str
    icon: str
    title: str
    hint: str
    help: str
    of_child: str | None = None

    def where(self, child_ids: Collection[int]) -> str | None:
        """The address for a parent of these children; None without any, for what is about children."""
        if self.of_child is None:
            return self.url
        if len(child_ids) == 1:
            return f"/espace/enfants/{next(iter(child_ids))}{self.of_child}"
        return self.url if child_ids else None


@dataclass(frozen=True, slots=True)
class Heading:
    key: str
    title: str
    tiles: tuple[Tile, ...]

    def shown(self, child_ids: Collection[int]) -> list[tuple[Tile, str]]:
        """The tiles that lead somewhere, with their address."""
        return [(tile, url) for tile in self.tiles if (url := tile.where(child_ids))]


_BOARD = (
    Tile(
        "/espace/tableau-de-bord",
        "history",
        "Historique de mes démarches",
        "Mes démarches récentes, leur numéro et leur réponse",
        "L’historique de vos démarches récentes : modifications de présences, justifications d’absence, "
        "changements demandés. Chacune a son numéro, sa date, son état et qui l’a faite.",
    ),
    Tile(
        "/espace/pieces",
        "paperclip",
        "Mes pièces justificatives",
        "Assurance scolaire, justificatif de domicile, attestation de quotient…",
        "L’espace de stockage de vos pièces justificatives : assurance scolaire, justificatif de domicile, "
        "attestation de quotient familial… Une pièce déposée une fois se joint ensuite à toutes vos "
        "démarches.",
    ),
    Tile(
        "/espace/coordonnees",
        "card",
        "Mes coordonnées",
        "Signaler un changement d’adresse, de courriel ou de téléphone",
        "Pour tout changement de coordonnées. Le téléphone se modifie aussitôt, le courriel se confirme par "
        "un lien, l’adresse postale se demande au service avec un justificatif de domicile.",
    ),
    Tile(
        "/espace/documents-mairie",
        "town-hall",
        "Documents de la mairie",
        "Dossiers et formulaires à télécharger, attestation fiscale",
        "Les documents mis en ligne par la mairie (dossier d’inscription, formulaire de dérogation…), à "
        "renvoyer complétés, et l’attestation fiscale de vos frais de garde.",
    ),
    Tile(
        "/espace/prelevement",
        "bank",
        "Prélèvement",
        "Adhérer au prélèvement SEPA, enregistrer ou modifier mon IBAN",
        "Pour adhérer au prélèvement SEPA, enregistrer ou modifier votre IBAN, signer et renvoyer le mandat, "
        "et suivre où il en est.",
    ),
    Tile(
        "/espace/quotient-familial",
        "gauge",
        "Quotient familial",
        "Consulter le quotient enregistré, déposer une attestation",
        "Le quotient familial pris en compte pour vos tarifs, depuis quand et d’après quel document. Déposez "
        "ici une nouvelle attestation de la CAF ou de la MSA.",
    ),
    Tile(
        "/espace/factures",
        "invoice",
        "Factures",
        "Consulter, télécharger, payer mes factures",
        "Consulter et télécharger vos factures, accéder au paiement, comprendre chaque ligne.",
    ),
)
_FAMILY = (
    Tile(
        "/espace/famille#enfants",
        "folder",
        "Dossier enfant et inscription",
        "Le dossier de chaque enfant, ses pièces, l’inscription de l’année",
        "Le dossier administratif de chacun des enfants : ses services, son école, les pièces à joindre, et "
        "l’inscription aux services périscolaires pour l’année scolaire.",
        of_child="",
    ),
    Tile(
        "/espace/reservations",
        "calendar",
        "Réservations",
        "Ajouter ou annuler des repas dans les délais",
        "Ajouter ou annuler des réservations de repas, dans les délais rappelés à côté de chaque semaine. "
        "Les garderies n’en demandent pas.",
    ),
    Tile(
        "/espace/absences",
        "absence",
        "Justifier une absence",
        "Envoyer le justificatif d’un repas qui n’a pas pu être annulé",
        "Votre enfant a été absent et son repas n’a pas pu être annulé dans les temps : envoyez ici le "
        "justificatif médical, en précisant les dates.",
    ),
    Tile(
        "/espace/simulateur",
        "calculator",
        "Simulateur",
        "Ce que me coûteront les services selon mon quotient",
        "Simuler ce que vous coûtera l’utilisation des services périscolaires selon votre quotient familial.",
    ),
    Tile(
        "/espace/sante",
        "heart",
        "Santé",
        "Compléter ou modifier les données de santé de mes enfants",
        "Compléter ou modifier les données de santé de chacun de vos enfants : allergies, régime, PAI, "
        "médecin, vaccins, assurance.",
        of_child="/sante",
    ),
    Tile(
        "/espace/entourage",
        "family",
        "Situation et entourage",
        "Un changement de situation familiale, un contact à ajouter ou à retirer",
        "Signaler un changement de votre situation familiale (divorce, changement de profession, nouvelle "
        "union…), ajouter ou retirer un contact, dire qui peut venir chercher l’enfant.",
    ),
)

HEADINGS = (
    Heading("tableau", "Mon tableau de bord", _BOARD),
    Heading("famille", "Ma famille", _FAMILY),
)

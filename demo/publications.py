"""What the fictional town hall publishes: news, practical pages, the CGU."""

from __future__ import annotations

from datetime import date, datetime

from flask import render_template

import models
from demo.menus import write_menus
from demo.pictures import draw_pictures
from demo.town import HIRONDELLES, TILLEULS, VALLON, by_name, school
from demo.town_documents import put_documents_online
from extensions import db
from rules.folding import slug
from rules.instants import PARIS

CGU_PUBLISHED = datetime(2026, 8, 3, 9, 0, tzinfo=PARIS)

CGU = """
L’espace citoyen est le guichet en ligne de la commune pour la scolarité et les activités périscolaires.
En l’utilisant, vous acceptez les règles qui suivent. Lisez-les jusqu’au bout : la case à cocher est en bas.

## 1. À qui s’adresse l’espace citoyen

Aux responsables légaux des enfants scolarisés dans la commune. Chaque parent a son propre compte, rattaché à
sa propre adresse de courriel. Un compte ne se prête pas et ne se partage pas.

## 2. Votre compte

Le service Éducation ouvre votre compte et vous envoie un mot de passe provisoire, que vous changez à la
première connexion. Personne au service ne connaît votre mot de passe, et personne ne vous le demandera.
Prévenez le service si vous pensez que quelqu’un d’autre l’utilise.

## 3. Ce que vous y faites

Vous consultez les inscriptions de vos enfants, vous réservez et annulez leurs repas, vous retrouvez vos
factures et vous signalez vos changements de coordonnées. Chaque changement de réservation donne un reçu,
avec son numéro, sa date et ce qui a changé : c’est lui qui fait foi.

## 4. Les délais

Les repas d’une semaine se réservent et s’annulent jusqu’au mercredi 23 h 59 de la semaine d’avant.
L’heure est celle du serveur. Passé ce délai, le calendrier n’accepte plus de changement : un repas réservé
reste dû, sauf absence justifiée dans les quinze jours.

## 5. Les factures

Une facture est éditée une fois le mois terminé, et annoncée par courriel. Elle est disponible en ligne
seulement ; ceux qui n’ont pas d’adresse de courriel la reçoivent sur papier. Elle se paie au Trésor public.

## 6. L’exactitude de ce que vous déclarez

Vous vérifiez que les coordonnées, les personnes à appeler et celles qui peuvent venir chercher l’enfant sont
exactes, et vous les tenez à jour.

## 7. Vos données

Elles servent à la scolarité, aux activités périscolaires et à leur facturation, et à rien d’autre. La page
« Confidentialité » dit lesquelles sont gardées, combien de temps, qui les voit et comment les demander.

## 8. Disponibilité

La commune fait son possible pour que le service soit toujours ouvert. S’il ne l’est pas au moment d’un délai,
appelez le service Éducation : l’incident est pris en compte.

## 9. Changement de ces règles

Quand elles changent, la nouvelle version vous est présentée à la connexion et vous l’acceptez de nouveau.
"""

NEWS = (
    (
        "Bienvenue dans votre nouvel espace citoyen",
        date(2026, 8, 6),
        "Réservations, factures, coordonnées : à toute heure, depuis un téléphone.",
        "Le service Éducation envoie à chaque parent son identifiant et un mot de passe provisoire.\n\n"
        "À la première connexion, changez ce mot de passe, lisez les conditions d’utilisation, puis vérifiez "
        "que tout ce qui concerne votre famille est exact.",
        {},
    ),
    (
        "Réservez les repas jusqu’aux vacances de Noël",
        date(2026, 11, 2),
        "Les repas d’une semaine se réservent jusqu’au mercredi 23 h 59 de la semaine d’avant.",
        "Vous pouvez réserver les mêmes jours pour toute une période : choisissez les jours de la semaine, "
        "toutes les semaines ou une sur deux, et une date de fin.",
        {},
    ),
    (
        "Les factures d’octobre sont disponibles",
        date(2026, 11, 5),
        "Elles sont à payer sous trois semaines.",
        "Par carte sur PayFiP, par chèque avec le papillon, ou chez un buraliste agréé.\n\n"
        "Une question sur une ligne ? Chaque ligne dit ses jours, son tarif et le quotient utilisé.",
        {},
    ),
    (
        "Quotient familial : pensez à l’attestation de janvier",
        date(2026, 11, 16),
        "Votre nouvelle attestation CAF ou MSA adapte le tarif de vos prochains repas.",
        "Sans attestation, le tarif le plus élevé de la grille s’applique. Un nouveau quotient ne change pas "
        "les factures déjà émises.",
        {},
    ),
    (
        "Cantine du Vallon fermée le 12 novembre",
        date(2026, 11, 9),
        "En raison d’un mouvement de grève, aucun repas n’est servi ce jour-là au Vallon.",
        "Les repas réservés ne sont pas facturés. La garderie est assurée.",
        {"school": VALLON},
    ),
    (
        "Fête de fin d’année aux Hirondelles",
        date(2026, 11, 20),
        "Le vendredi 18 décembre, chaque famille apporte un plat à partager.",
        "Il n’y a pas de service de cantine ce jour-là : rien n’est facturé.",
        {"school": HIRONDELLES},
    ),
    (
        "Classe de CE1 : sortie au parc jeudi 3 décembre",
        date(2026, 11, 19),
        "Le retour est prévu à 11 h 15 : le repas est servi comme d’habitude.",
        "Prévoir des chaussures de marche et un vêtement de pluie.",
        {"class": (TILLEULS, "CE1")},
    ),
    (
        "Garderie du soir : une entrée rue de la Pompe",
        date(2026, 11, 12),
        "À partir du 23 novembre, on vient chercher les enfants par le portail vert.",
        "Pensez à tenir à jour la liste des personnes qui peuvent venir chercher votre enfant.",
        {"activity": "Garderie du soir"},
    ),
)  # fmt: skip

# The drawing of some of them, by their title.
PICTURED = {
    "Bienvenue dans votre nouvel espace citoyen": "École",
    "Réservez les repas jusqu’aux vacances de Noël": "Plateau",
    "Classe de CE1 : sortie au parc jeudi 3 décembre": "Sortie",
}

PAGES = (
    (
        "Restauration scolaire",
        "Les repas sont servis les lundis, mardis, jeudis et vendredis dans les quatre écoles.\n\n"
        "**Réserver, annuler.** Jusqu’au mercredi 23 h 59 pour la semaine suivante, dans votre espace.\n\n"
        "**Un enfant absent ?** Le repas réservé reste dû, sauf justificatif donné dans les quinze jours.\n\n"
        "**Un enfant présent sans réservation** n’est jamais refusé : son repas est facturé avec un "
        "supplément.",
    ),
    (
        "Garderies du matin et du soir",
        "De 7 h 30 à 8 h 30 et de 16 h 30 à 18 h 15, dans chaque école (horaires d’exemple).\n\n"
        "L’inscription se fait une fois pour l’année ; il n’y a pas de réservation. Chaque présence compte "
        "pour une séance.",
    ),
    (
        "Inscription à l’école",
        "Déposez un dossier en mairie pour une entrée en petite section ou une arrivée dans la commune.\n\n"
        "À sa réception, le service Éducation ouvre votre compte et vous envoie votre identifiant par "
        "courriel.",
    ),
    (
        "Payer sa facture",
        "- **Par carte**, sur PayFiP, avec les références de la facture.\n"
        "- **Par chèque** à l’ordre du Trésor public, envoyé à la Trésorerie de Firminy avec le papillon.\n"
        "- **En espèces** (jusqu’à 300 €) ou par carte chez un buraliste agréé.",
    ),
    (
        "Quotient familial",
        "Le quotient familial est donné par la CAF ou la MSA. Le tarif d’un jour est celui du quotient en "
        "vigueur ce jour-là.\n\nSans quotient connu, le tarif le plus élevé de la grille s’applique.",
    ),
)  # fmt: skip


DRAFT = {
    "slug": "inscriptions-2027-2028",
    "title": "Inscriptions scolaires 2027-2028 : le calendrier",
    "summary": "Les dossiers se déposent du 18 janvier au 19 mars 2027.",
    "body": "Texte à relire avant publication.",
}
INTERRUPTION = {
    "what": "Entretien de l’espace citoyen",
    "details": "Les pages restent lisibles ; aucune démarche ne s’enregistre pendant ce temps.",
    "announced_at": datetime(2026, 11, 12, 9, 0, tzinfo=PARIS),
    "starts_at": datetime(2026, 11, 15, 22, 0, tzinfo=PARIS),
    "ends_at": datetime(2026, 11, 15, 23, 30, tzinfo=PARIS),
}


HOST = (
    "Hébergeur Fictif du Forez, 1 rue de l’Exemple, 42000 Saint-Étienne, téléphone 04 65 71 00 01 (exemple). "
    "Les données restent en France."
)


def publish() -> None:
    """News, pages, documents, menus and the CGU, as if they had been published along the autumn."""
    drawn = draw_pictures()
    for title, first_day, summary, body, target in NEWS:
        db.session.add(
            models.News(
                slug=slug(title),
                title=title,
                summary=summary,
                body=body,
                first_day=first_day,
                picture=drawn.get(PICTURED.get(title, "")),
                **_for(target),
            )
        )
    db.session.add(models.News(**DRAFT))
    for position, (title, body) in enumerate(PAGES, start=1):
        db.session.add(
            models.Page(
                slug=slug(title),
                title=title,
                body=body,
                is_published=True,
                is_practical=True,
                position=position,
                updated_on=date(2026, 9, 1),
            )
        )
    db.session.add(_legal_notice())
    put_documents_online()
    write_menus()
    db.session.add(models.Interruption(**INTERRUPTION))
    db.session.add(
        models.CguVersion(name="Version de la rentrée 2026", body=CGU.strip(), published_at=CGU_PUBLISHED)
    )
    db.session.flush()


def _legal_notice() -> models.Page:
    """The text proposed, with the host that this fictional town would have chosen."""
    proposed = render_template("public/mentions-legales.md").strip()
    before, heading, after = proposed.partition("## Hébergement\n\n")
    _, following, rest = after.partition("## Logiciel")
    return models.Page(
        slug="mentions-legales",
        title="Mentions légales",
        body=f"{before}{heading}{HOST}\n\n{following}{rest}",
        is_published=True,
        is_practical=False,
        updated_on=date(2026, 9, 1),
    )


def _for(target: dict[str, object]) -> dict[str, object]:
    if "school" in target:
        return {"school": school(str(target["school"]))}
    if "activity" in target:
        return {"activity": by_name(models.Activity, str(target["activity"]))}
    if "class" in target:
        where, name = target["class"]  # type: ignore[misc]
        return {"school_class": next(each for each in school(where).classes if each.name == name)}
    return {}

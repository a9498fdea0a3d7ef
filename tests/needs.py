"""What fifty real règlements need, code by code: said by a configuration, held elsewhere, or out of scope.

The codes are those of the corpus that the project was built against; the words and verdicts are ours.
`python -m tests.needs` prints the share. docs/communes.md is made from here and held equal by a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    SAID = "Dit par la configuration"
    PORTAL = "Tenu par le portail, sans rien écrire"
    OUT = "Hors du champ"


@dataclass(frozen=True, slots=True)
class Need:
    """A need, how many règlements of the corpus have it, and its proofs (files) or its reason."""

    code: str
    uses: int
    words: str
    verdict: Verdict
    proofs: tuple[str, ...] = ()
    why: str = ""


def said(code: str, uses: int, words: str, *proofs: str) -> Need:
    return Need(code, uses, words, Verdict.SAID, proofs)


def portal(code: str, uses: int, words: str, why: str) -> Need:
    return Need(code, uses, words, Verdict.PORTAL, why=why)


def out(code: str, uses: int, words: str, why: str) -> Need:
    return Need(code, uses, words, Verdict.OUT, why=why)


MEANS = "un moyen de paiement ne change aucun prix : réglage de la facture, ou guichet du Trésor"
PREPAID = "le portail facture le mois échu, par le Trésor : ni porte-monnaie, ni panier à payer d’avance"
CHANNEL = "un agent réserve au nom d’une famille ; la voie (guichet, téléphone, papier) est notée"

DEADLINES = (
    said("dl.weekly", 11, "un jour et une heure, la semaine d’avant", "villars-42", "bibost-69"),
    said("dl.days_before.working", 4, "tant de jours ouvrés ou de semaine avant", "briarres-45", "cruas-07"),
    said("dl.days_before.calendar", 4, "tant de jours avant", "labruguiere-81", "aubervilliers-93"),
    said("dl.per_service", 4, "une limite par activité", "cruas-07", "veyras-07"),
    said("dl.same_day", 4, "le jour même, avant une heure", "montresor-sivu-37", "les-rousses-39"),
    said("dl.asymmetric", 4, "réserver et annuler n’ont pas la même limite", "jacob-bellecombette-73"),
    said("dl.annual_commitment", 3, "des jours fixes pour l’année", "cde-paris-15", "vigneux-de-bretagne-44"),
    said("dl.by_weekday", 3, "une limite par jour de la semaine", "ourton-62", "voulangis-77"),
    said("dl.period", 2, "une limite par période", "veyras-07", "exemple-periodes"),
    said("dl.none_for_garderie", 2, "une garderie sans réservation", "villars-42", "medoc-estuaire-33"),
    said("dl.hours_before", 2, "tant d’heures avant", "cuille-53", "les-rousses-39"),
    said("dl.hours_before.working", 1, "tant d’heures ouvrées avant", "bethisy-60"),
    said("dl.month_calendar", 1, "un jour du mois précédent", "saint-lager-69"),
    said("dl.special_dates", 1, "des dates à part", "lachelle-60"),
    said("dl.first_day_after_holidays", 1, "le retour des vacances", "pezilla-66", "exemple-avant-vacances"),
    out("dl.pay_to_confirm", 4, "réservation ferme une fois payée, dans l’heure", PREPAID),
)
PRICES = (
    said("t.qf_bands", 8, "des tranches de quotient", "champcevinel-24", "groix-56"),
    said("t.flat", 8, "un seul prix", "bibost-69", "le-rove-13"),
    said("t.adult", 5, "un prix d’adulte", "le-lardin-24", "cuille-53"),
    said("t.regular_occasional", 4, "réguliers et occasionnels", "plivot-51", "noyers-sur-cher-41"),
    said("t.one_euro_scheme", 3, "la cantine à 1 €", "champcevinel-24", "voreppe-38"),
    said("t.pai", 3, "le panier apporté (PAI)", "saint-chamond-42", "saussay-28"),
    said("t.resident", 3, "habitants et extérieurs", "rpi-duval", "2c2r-82"),
    said("t.family_count", 3, "selon le nombre d’enfants", "saussay-28", "cournonterral-34"),
    said("t.band_gap_boundary", 2, "des bornes qui se trouent ou se touchent", "rpi-duval", "vigeois-19"),
    said("t.per_session", 2, "à la séance", "rpi-duval", "vigeois-19"),
    said("t.per_hour", 2, "à l’heure", "chenimenil-88"),
    said("t.per_half_hour", 2, "à la demi-heure commencée", "vatteville-la-rue-76", "2c2r-82"),
    said("t.per_quarter", 1, "au quart d’heure", "vatteville-la-rue-76", "exemple-quart-heure"),
    said("t.special_slot", 1, "un créneau à part", "vatteville-la-rue-76"),
    said("t.max_if_no_qf", 2, "sans quotient, le prix le plus haut", "vigeois-19", "cde-paris-11"),
    said("t.membership_fee", 2, "une adhésion", "saint-clair-de-halouze-61", "saint-lager-69"),
    said("t.term_flat", 2, "un forfait au trimestre", "noyers-sur-cher-41", "cournonterral-34"),
    said("t.monthly_flat", 2, "un forfait au mois", "plivot-51", "saussay-28"),
    said("t.annual_smoothed", 2, "l’année en parts égales", "saint-vivien-17"),
    said("t.income_based", 2, "selon les ressources", "bethisy-60", "lachelle-60"),
    said("t.free", 1, "gratuit", "saint-denis-93"),
    said("t.many_bands", 1, "beaucoup de tranches", "groix-56"),
    said("t.combo_matin_soir", 1, "matin et soir ensemble", "vigeois-19"),
    said("t.sibling_rank", 1, "selon le rang dans la fratrie", "vigeois-19"),
    said("t.lunch_care_separate", 1, "la garde de midi à part", "2c2r-82"),
    said("t.qf_bands_unknown", 1, "des prix pas encore connus", "villars-42"),
    said("t.school_level", 1, "selon le niveau", "montresor-sivu-37"),
    said("t.civil_year_tariff", 1, "un tarif par année civile", "montresor-sivu-37"),
    said("t.social_tariff", 1, "un prix social pour certains régimes", "exemple-occasionnels"),
    said("t.retro_regular", 1, "régulier d’après le mois écoulé", "les-rousses-39"),
    said("t.refund_value", 1, "la valeur d’un repas remboursé", "saussay-28"),
    said("t.effort_linear", 1, "un taux d’effort", "sene-56"),
    said("t.qf_annual_renew", 1, "un quotient à redonner chaque année", "cde-paris-11"),
    said("t.max_if_exceptional", 1, "un repas exceptionnel au prix le plus haut", "cde-paris-15"),
    said("price.versioned", 3, "des tarifs datés", "pezilla-66", "saint-denis-93"),
    portal(
        "t.default_if_no_choice",
        1,
        "sans choix, cinq jours",
        "les jours de l’année sont ceux de l’inscription : sans choix, l’agent y met les cinq",
    ),
    out(
        "t.ticket_book",
        5,
        "des carnets de tickets",
        f"le prix du repas se dit (Ourton) ; le carnet, non : {PREPAID}",
    ),
    out("t.prepaid_wallet", 2, "un porte-monnaie électronique", PREPAID),
)
PENALTIES = (
    said(
        "p.unreserved_plus", 3, "un supplément sans réservation", "aubervilliers-93", "jacob-bellecombette-73"
    ),
    said("p.noshow_full", 2, "une absence au prix du repas", "saint-colomban-44", "saint-denis-93"),
    said("p.noshow_plus", 1, "une absence avec supplément", "aubervilliers-93"),
    said("p.late_fixed_price", 1, "un prix hors délai", "saint-chamond-42"),
    said("p.unreserved_qf_price", 1, "sans réservation, le prix du quotient", "saint-denis-93"),
    said("p.family_fee", 1, "une pénalité par famille", "saint-colomban-44"),
    said("p.late_pickup_flat", 1, "un retard du soir", "noyers-sur-cher-41"),
)
ABSENCES = (
    said("abs.no_refund", 7, "aucune déduction", "voulangis-77", "cuille-53"),
    said("abs.carence", 4, "des jours de carence", "saint-lager-69", "boisemont-95"),
    said("abs.certificate_window", 2, "un temps pour justifier", "villars-42", "jacob-bellecombette-73"),
    said("abs.same_day_notice", 2, "prévenir le jour même", "boisemont-95", "pezilla-66"),
    said(
        "abs.auto_exempt", 2, "des absences sans démarche", "vigneux-de-bretagne-44", "jacob-bellecombette-73"
    ),
    said("abs.min_duration", 1, "une durée minimale", "saint-vivien-17"),
    said("abs.certificate_window_none", 1, "sans justificatif", "vigneux-de-bretagne-44"),
    portal(
        "abs.next_month_credit",
        1,
        "déduit le mois d’après",
        "une absence acceptée avant la facture n’y est pas ; après, elle vient en avoir sur la suivante",
    ),
)
ENROLMENT = (
    said("reg.regime_per_child", 2, "un régime par enfant", "vigneux-de-bretagne-44", "lachelle-60"),
    said("reg.effective_next_month", 1, "une inscription qui vaut le mois suivant", "le-rove-13"),
    said("reg.window", 1, "une date pour s’inscrire", "cde-paris-11"),
    portal(
        "reg.exit_notice", 1, "dire que l’on part", "le départ d’un enfant est un acte, avec ce qui reste dû"
    ),
    out(
        "reg.complete_file_required",
        2,
        "un dossier complet",
        "le suivi des pièces du dossier ne change ni date ni prix",
    ),
)
BILLING = (
    portal("b.monthly_arrears", 8, "une facture du mois échu", "c’est le rythme du portail"),
    portal(
        "b.single_invoice_all_activities",
        2,
        "une facture pour tout",
        "une facture par payeur, toutes activités",
    ),
    portal(
        "b.online_only", 1, "une facture en ligne", "elle est dans l’espace de la famille, annoncée par mail"
    ),
    portal(
        "b.treasury_asap",
        1,
        "un avis du Trésor",
        "la facture porte ce qu’il faut pour le Trésor ; l’envoi est à lui",
    ),
    out("b.immediate", 4, "payer en réservant", PREPAID),
    out("b.prepay", 4, "payer d’avance", PREPAID),
    out(
        "b.monthly_advance",
        3,
        "facturer le mois d’avance",
        f"le montant se dit (Le Rove), le rythme non : {PREPAID}",
    ),
    out(
        "b.block_if_unpaid",
        2,
        "exclure en cas d’impayé",
        "le recouvrement est au Trésor ; refuser un enfant est une décision",
    ),
    out("b.contest_window", 1, "un mois pour contester", "un délai de réclamation ne change pas le calcul"),
    out("b.debit_day", 1, "prélevé un jour du mois", "la date du prélèvement est celle du Trésor"),
    out("b.lock_negative_after", 1, "bloquer un compte négatif", PREPAID),
    out("b.credit_note_wallet", 1, "un avoir sur le compte", PREPAID),
)
PAYMENTS = (
    portal("pm.card", 10, "carte", MEANS),
    portal("pm.cheque", 7, "chèque", MEANS),
    portal("pm.sepa", 6, "prélèvement", MEANS),
    portal("pm.cash", 5, "espèces", MEANS),
    portal("pm.buraliste", 2, "buraliste", MEANS),
    portal("pm.payfip", 1, "PayFiP", MEANS),
    portal("pm.transfer", 1, "virement", MEANS),
    portal("pm.tpe", 1, "terminal au guichet", MEANS),
    portal("pm.cash_cap_300", 1, "espèces jusqu’à 300 €", MEANS),
    out("pm.cesu", 2, "CESU", "un titre accepté au guichet, que le portail n’encaisse pas"),
    out("pm.cesu_restricted_by_age_and_service", 1, "CESU selon l’âge", "de même"),
)
PEOPLE = (
    portal("ui.cost_simulator", 2, "un simulateur", "page /simulateur, sur la grille en vigueur"),
    portal(
        "ui.recurrence", 2, "réserver en série", "le calendrier des familles réserve par semaine ou par mois"
    ),
    portal(
        "ui.threshold_warning",
        1,
        "prévenir d’un seuil",
        "le simulateur montre la marche d’un euro de quotient",
    ),
    portal(
        "fam.alternating_calendars", 1, "la garde alternée", "la garde dit à quelle famille est chaque jour"
    ),
    portal("fam.one_account_per_parent", 1, "un compte par parent", "chaque responsable a le sien"),
    portal("fam.court_decision", 1, "un jugement", "il se note avec les droits de chaque responsable"),
    portal("ops.phone_channel", 1, "par téléphone", CHANNEL),
    portal("ops.counter_access", 1, "au guichet", CHANNEL),
    portal("ops.paper_channel", 1, "sur papier", CHANNEL),
    portal(
        "ops.attendance_close_day",
        1,
        "des présences closes le 5",
        "le mois montre les feuilles qui manquent avant d’émettre",
    ),
    out(
        "disc.warnings",
        1,
        "trois avertissements puis exclusion",
        "la discipline est une décision, pas un calcul",
    ),
)
FAMILIES = {
    "Délais": DEADLINES,
    "Prix": PRICES,
    "Pénalités": PENALTIES,
    "Absences": ABSENCES,
    "Inscription": ENROLMENT,
    "Facturation": BILLING,
    "Paiement": PAYMENTS,
    "Familles et services": PEOPLE,
}
NEEDS = tuple(need for family in FAMILIES.values() for need in family)

WITHOUT_FILE = {
    "CC Ardèche Rhône Coiron (07)": "porte-monnaie à recharger, compte bloqué après 48 h négatives",
    "Champanges (74)": "tickets prépayés, un par réservation",
    "Limay (78)": "calendrier de facturation ; ni montant, ni délai, ni durée de carence",
    "CC Damvillers-Spincourt (55)": "paniers payés en réservant, avoir sur le compte ; ni date ni montant",
}
OUT_OF_SCOPE_EXAMPLES = {
    "Montagnac": "un panier non payé expire au bout d’une heure (paiement)",
    "Le Lardin-Saint-Lazare": "le prélèvement de novembre est le 15 décembre (date de paiement)",
    "CC Ardèche Rhône Coiron": "un compte négatif est bloqué au bout de 48 h (porte-monnaie)",
}
UNSAID = {
    "la garderie est gratuite pour l’enfant qui déjeune à la cantine ce jour-là": (
        "un prix ne regarde pas les autres activités du jour ; un plafond commun du service s’en approche"
    ),
    "annuler coûte 25 % du prix trois semaines avant, 50 % une semaine avant": (
        "une annulation tardive est refusée, et l’absence a un seul prix"
    ),
    "réservé la veille, 50 % de plus ; le jour même, le double": (
        "un seul prix hors délai ; le second degré se dit par « sans réservation »"
    ),
    "trois jours au moins par semaine de vacances": "une réservation n’a pas de minimum",
    "un forfait commencé après le 15 du mois est dû pour moitié": "une période commencée est due entière",
}
CORPUS_ENTRIES, CORPUS_EXAMPLES = 50, 94


def share(verdict: Verdict) -> tuple[int, int]:
    """How many needs have that verdict, and how many times the corpus has them."""
    found = [need for need in NEEDS if need.verdict is verdict]
    return len(found), sum(need.uses for need in found)


def sentence() -> str:
    """`75 besoins sur 108 …`: the share, as the page and the suite print it."""
    uses = sum(need.uses for need in NEEDS)
    told = [
        f"{count} besoins ({times} cas) : {verdict.value.lower()}"
        for verdict in Verdict
        for count, times in [share(verdict)]
    ]
    return f"Sur {len(NEEDS)} besoins et {uses} cas : {' ; '.join(told)}."


if __name__ == "__main__":
    print(sentence())

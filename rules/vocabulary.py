"""The closed lists of the trade: each value is stored as it is, each label is read by people."""

from __future__ import annotations

from rules.deadline_vocabulary import AfterHolidays as AfterHolidays
from rules.deadline_vocabulary import Bound as Bound
from rules.deadline_vocabulary import BringBack as BringBack
from rules.deadline_vocabulary import Change as Change
from rules.deadline_vocabulary import DayUnit as DayUnit
from rules.deadline_vocabulary import DeadlineKind as DeadlineKind
from rules.deadline_vocabulary import HalfDay as HalfDay
from rules.deadline_vocabulary import PatternPeriod as PatternPeriod
from rules.deadline_vocabulary import Reference as Reference
from rules.deadline_vocabulary import WhenLate as WhenLate
from rules.labelled import Labelled as Labelled
from rules.labelled import in_order as in_order

# -- people -------------------------------------------------------------------------


class Civility(Labelled):
    MME = "mme", "Mme"
    M = "m", "M."


class Relation(Labelled):
    MOTHER = "mother", "Mère"
    FATHER = "father", "Père"
    STEP_PARENT = "step_parent", "Beau-parent"
    GRANDPARENT = "grandparent", "Grand-parent"
    TUTOR = "tutor", "Tuteur ou tutrice"
    FOSTER = "foster", "Famille d’accueil"
    OTHER = "other", "Autre"


class CustodyKind(Labelled):
    """Which family a child's day belongs to (rules.md, People)."""

    SINGLE = "single", "Une seule famille"
    PARITY = "parity", "Alternance : semaines paires et impaires"
    FORTNIGHT = "fortnight", "Alternance : une semaine sur deux à partir d’une date"


class Regime(Labelled):
    """How a child comes to an activity, where the règlement tells the two apart."""

    REGULAR = "regular", "Régulier"
    OCCASIONAL = "occasional", "Occasionnel"


class Formula(Labelled):
    """What an enrolled child is given: the ordinary service, or a part of it."""

    MEAL = "meal", "Formule ordinaire"
    OWN_MEAL = "own_meal", "Panier-repas apporté (PAI)"
    SUPERVISION = "supervision", "Surveillance seule"


class QuotientSource(Labelled):
    CAF = "caf", "Attestation CAF"
    MSA = "msa", "Attestation MSA"
    TAX = "tax", "Avis d’imposition"
    AGENT = "agent", "Saisie du service"
    IMPORT = "import", "Reprise de l’ancien logiciel"


class Role(Labelled):
    """Staff roles. A parent has none: being a guardian is what opens the parents' space."""

    ADMINISTRATOR = "administrator", "Administration"
    EDUCATION = "education", "Service Éducation"
    FINANCE = "finance", "Finances (régie)"
    CANTEEN = "canteen", "Cantine et garderie"
    READER = "reader", "Consultation"


# -- school -------------------------------------------------------------------------


class SchoolKind(Labelled):
    NURSERY = "nursery", "Maternelle"
    ELEMENTARY = "elementary", "Élémentaire"
    PRIMARY = "primary", "Groupe scolaire"


class Level(Labelled):
    """School levels, in order; the level is the child's (double-level classes exist)."""

    TPS = "tps", "TPS"
    PS = "ps", "PS"
    MS = "ms", "MS"
    GS = "gs", "GS"
    CP = "cp", "CP"
    CE1 = "ce1", "CE1"
    CE2 = "ce2", "CE2"
    CM1 = "cm1", "CM1"
    CM2 = "cm2", "CM2"
    ULIS = "ulis", "ULIS"


class HolidayKind(Labelled):
    SCHOOL = "school", "Vacances scolaires"
    PUBLIC = "public", "Jour férié"
    BRIDGE = "bridge", "Pont"


class EventEffect(Labelled):
    """What a closure or an exceptional event does to the days it covers."""

    CLOSED = "closed", "Fermé : rien n’est dû"
    FREE_ABSENCE = "free_absence", "Absence libre : seuls les présents paient"
    PICNIC_KITCHEN = "picnic_kitchen", "Pique-nique fourni par la cantine : dû, compté à part"
    PICNIC_HOME = "picnic_home", "Pique-nique apporté : rien n’est dû"


# -- bookings -----------------------------------------------------------------------


class BookingState(Labelled):
    BOOKED = "booked", "Réservé"
    WAITING = "waiting", "En liste d’attente"  # asked for on a full day: never expected, never billed
    CANCELLED = "cancelled", "Annulé"


class Timing(Labelled):
    IN_TIME = "in_time", "Dans les délais"
    LATE = "late", "Hors délai"
    EXCUSED = "excused", "Hors délai, excusé"


class Channel(Labelled):
    """How a change reached us; staff acting for a family say which way it was asked."""

    PORTAL = "portal", "Espace citoyen"
    COUNTER = "counter", "Guichet"
    PHONE = "phone", "Téléphone"
    PAPER = "paper", "Courrier ou papier"
    SYSTEM = "system", "Automatique"
    IMPORT = "import", "Reprise de l’ancien logiciel"


class Presence(Labelled):
    PRESENT = "present", "Présent"
    ABSENT = "absent", "Absent"


class SheetState(Labelled):
    OPEN = "open", "Ouverte"
    CLOSED = "closed", "Close"


class Situation(Labelled):
    """Where each day of each child ends (rules.md, Situations)."""

    AS_BOOKED = "as_booked", "Réservé"
    ATTENDED = "attended", "Présent"  # activities without booking (garderie): attendance alone
    LATE = "late", "Réservé hors délai"
    UNBOOKED = "unbooked", "Présent sans réservation"
    NO_SHOW = "no_show", "Absence non justifiée"
    JUSTIFIED = "justified", "Absence justifiée"
    EVENT = "event", "Événement"
    PICNIC = "picnic", "Pique-nique fourni"
    LATE_PICKUP = "late_pickup", "Départ après l’heure"


# -- absences -----------------------------------------------------------------------


class AbsenceReason(Labelled):
    SICKNESS = "sickness", "Maladie de l’enfant"
    HOSPITAL = "hospital", "Hospitalisation"
    FAMILY_EVENT = "family_event", "Événement familial"
    TEACHER_ABSENT = "teacher_absent", "Enseignant absent"
    SCHOOL_OUTING = "school_outing", "Sortie scolaire"
    OTHER = "other", "Autre motif"


class ProofKind(Labelled):
    """What a family shows for an absence; NONE among those accepted means that its word is enough."""

    NONE = "none", "Aucun justificatif"
    CERTIFICATE = "certificate", "Certificat médical"
    SWORN = "sworn", "Attestation sur l’honneur ou mot des parents"
    SCHOOL_SLIP = "school_slip", "Mot de l’école"
    OTHER = "other", "Autre document"


class AbsenceUnit(Labelled):
    """How the days of an absence are counted: its window, its carence, its length."""

    HOURS = "hours", "heures"
    CALENDAR = "calendar", "jours calendaires"
    WORKABLE = "workable", "jours ouvrables"
    WORKING = "working", "jours ouvrés"
    SERVICE = "service", "jours de service"
    BOOKED = "booked", "jours réservés"


class CountedFrom(Labelled):
    """The day from which the time to justify runs."""

    EACH_DAY = "each_day", "Chaque jour d’absence"
    FIRST_DAY = "first_day", "Le premier jour d’absence"
    LAST_DAY = "last_day", "Le dernier jour d’absence"
    RETURN = "return", "Le retour de l’enfant"
    WEEK_END = "week_end", "La fin de la semaine (dimanche)"
    MONTH_END = "month_end", "La fin du mois"


class LateNotice(Labelled):
    """What is freed when the family tells the absence after the time."""

    NOTHING = "nothing", "Rien : tous les jours restent dus"
    NEXT_DAYS = "next_days", "L’absence compte à partir du premier jour prévenu à temps"


class ClaimState(Labelled):
    WAITING = "waiting", "À examiner"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    WITHDRAWN = "withdrawn", "Retirée"


# -- prices -------------------------------------------------------------------------


class SituationEffect(Labelled):
    """What a situation does to the ordinary price of the day."""

    SAME = "same", "Prix habituel"
    FIXED = "fixed", "Prix fixe"
    PLUS = "plus", "Prix habituel, plus un supplément"
    TIMES = "times", "Prix habituel, multiplié"
    FREE = "free", "Gratuit"
    REFUND = "refund", "Somme déduite (d’un forfait, ou du prix habituel)"
    HIGHEST = "highest", "Prix le plus élevé de la grille"


class PriceMethod(Labelled):
    FIXED = "fixed", "Montant fixe"
    FREE = "free", "Gratuit"
    RATE = "rate", "Taux d’effort"
    LINEAR = "linear", "Progressif d’une borne à l’autre de la tranche"
    SHARED = "shared", "Montant pour la famille, partagé entre ses enfants"


class EffortBasis(Labelled):
    """What an effort rate is a percentage of."""

    QUOTIENT = "quotient", "Quotient familial"
    INCOME = "income", "Ressources mensuelles"


class PriceUnit(Labelled):
    """What an amount pays: an occasion, a length of time, or a whole period however many days."""

    MEAL = "meal", "repas"
    SESSION = "session", "séance"
    SLICE = "slice", "tranche entamée"
    HOUR = "hour", "heure"
    DAY = "day", "jour"
    WEEK = "week", "semaine"
    MONTH = "month", "mois"
    PERIOD = "period", "période entre deux vacances"
    TERM = "term", "trimestre"
    YEAR = "year", "année scolaire"


class CountIn(Labelled):
    """Among which children of the family a child's rank and the number of children are counted."""

    HOUSEHOLD = "household", "Les enfants du foyer"
    ACTIVITY = "activity", "Les enfants inscrits à la même activité"
    PRESENT = "present", "Les enfants venus (ou réservés) dans le mois"
    DECLARED = "declared", "Le nombre d’enfants déclaré avec le quotient"


class Rounding(Labelled):
    HALF_UP = "half_up", "Au plus proche (la moitié vers le haut)"
    DOWN = "down", "Vers le bas"
    UP = "up", "Vers le haut"


class QuotientRounding(Labelled):
    """How a quotient is made a whole number before it is looked up in the grid."""

    NONE = "none", "Tel quel, avec ses décimales"
    DOWN = "down", "Entier inférieur"
    NEAREST = "nearest", "Entier le plus proche"
    UP = "up", "Entier supérieur"


class QuotientStart(Labelled):
    """From when a quotient that arrives counts."""

    SAME_DAY = "same_day", "Dès sa date d’effet"
    NEXT_MONTH = "next_month", "Au 1er du mois qui suit sa date d’effet"
    REFERENCE = "reference", "À une date fixe de l’année (celui qui y est en vigueur)"


class Per(Labelled):
    DAY = "day", "par jour"
    WEEK = "week", "par semaine"
    MONTH = "month", "par mois"
    PERIOD = "period", "par période entre deux vacances"
    TERM = "term", "par trimestre"
    YEAR = "year", "par année scolaire"


class PerWhom(Labelled):
    CHILD = "child", "par enfant"
    FAMILY = "family", "par famille"


class ModifierEffect(Labelled):
    """What a modifier does to the price that the row gave."""

    PLUS = "plus", "Ajouter ou retirer une somme"
    TIMES = "times", "Multiplier"


class Eater(Labelled):
    CHILD = "child", "Enfant"
    ADULT = "adult", "Adulte"


class ChargeKind(Labelled):
    """What a bill holds beside its days, billed once for a period."""

    FLAT = "flat", "Prix d’une période"
    CAP = "cap", "Plafond"
    FEE = "fee", "Frais annuels"


class FeeOccasion(Labelled):
    FIRST_BILL = "first_bill", "Avec la première facture de l’année scolaire"
    ENROLMENT = "enrolment", "À l’inscription"
    LATE_ENROLMENT = "late_enrolment", "Pour une inscription tardive"


# -- money --------------------------------------------------------------------------


class AdjustmentKind(Labelled):
    MANUAL = "manual", "Ligne manuelle"
    CREDIT = "credit", "Avoir"


class AnomalyKind(Labelled):
    """What an agent must look at before issuing a month."""

    NO_PAYER = "no_payer", "Famille sans payeur"
    NO_QUOTIENT = "no_quotient", "Quotient inconnu"
    NO_SHEET = "no_sheet", "Feuille de présence manquante"
    NO_HOURS = "no_hours", "Heures non notées"
    NO_SCHOOL = "no_school", "Réservé sans école"
    UNUSUAL_AMOUNT = "unusual_amount", "Montant inhabituel"
    NEGATIVE_TOTAL = "negative_total", "Total négatif"
    CLAIM_WAITING = "claim_waiting", "Absence à examiner"


class InvoiceKind(Labelled):
    INVOICE = "invoice", "Facture"
    CREDIT_NOTE = "credit_note", "Avoir"


class PaymentMethod(Labelled):
    CARD = "card", "Carte bancaire (PayFiP)"
    CHEQUE = "cheque", "Chèque"
    CASH = "cash", "Espèces"
    TOBACCONIST = "tobacconist", "Buraliste agréé"
    DEBIT = "debit", "Prélèvement"
    TRANSFER = "transfer", "Virement"
    REVERSAL = "reversal", "Annulation d’un paiement"


class InvoiceState(Labelled):
    """Derived from the payments and the due date, never stored."""

    DUE = "due", "À payer"
    PARTLY_PAID = "partly_paid", "Payée en partie"
    PAID = "paid", "Payée"
    OVERDUE = "overdue", "En retard"


# -- mail ---------------------------------------------------------------------------


class MailState(Labelled):
    DUE = "due", "À envoyer"
    SENDING = "sending", "Envoi en cours"
    SENT = "sent", "Envoyé"
    FAILED = "failed", "Échec"

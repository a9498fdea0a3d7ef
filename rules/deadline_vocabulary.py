"""The closed lists of the deadlines and of the calendar they count on."""

from __future__ import annotations

from rules.labelled import Labelled


class PatternPeriod(Labelled):
    """When a weekly pattern applies: during school, during school holidays, or both."""

    TERM = "term", "Hors vacances scolaires"
    HOLIDAYS = "holidays", "Vacances scolaires"
    ALWAYS = "always", "Toute l’année"


class HalfDay(Labelled):
    """The part of a day that a closure is about: what starts before noon, or from noon on."""

    MORNING = "morning", "Matin"
    AFTERNOON = "afternoon", "Après-midi"


class DeadlineKind(Labelled):
    WEEKLY = "weekly", "Chaque semaine"
    BY_WEEKDAY = "by_weekday", "Selon le jour de service"
    DAYS_BEFORE = "days_before", "Nombre de jours avant"
    HOURS_BEFORE = "hours_before", "Nombre d’heures avant"
    SAME_DAY = "same_day", "Le jour même"
    MONTH_DATES = "month_dates", "Dates du mois"
    NONE = "none", "Sans réservation"
    ANNUAL = "annual", "Engagement à l’année"


class DayUnit(Labelled):
    """Which days are counted back (or, for hours, whose hours are)."""

    CALENDAR = "calendar", "jours calendaires"
    WEEKDAYS = "weekdays", "jours hors samedi et dimanche"
    WORKING = "working", "jours ouvrés"  # Monday to Friday, no public holiday
    WORKABLE = "workable", "jours ouvrables"  # Monday to Saturday, no public holiday
    SCHOOL = "school", "jours d’école"
    SERVICE = "service", "jours de service"
    CLEAR = "clear", "jours francs"


class Bound(Labelled):
    """Whether a deadline rule ends the changes of a day, or begins them."""

    CLOSES = "closes", "Date limite"
    OPENS = "opens", "Ouverture des réservations"


class Reference(Labelled):
    """What the days of `days_before` are counted back from."""

    DAY = "day", "le jour de service"
    WEEK = "week", "le lundi de sa semaine"
    MONTH = "month", "le 1er de son mois"
    PERIOD = "period", "le premier jour de sa période (entre deux vacances)"
    YEAR = "year", "le premier jour de l’année scolaire"


class AfterHolidays(Labelled):
    """A rule that is only about the return from school holidays."""

    FIRST_DAY = "first_day", "Premier jour après les vacances"
    FIRST_WEEK = "first_week", "Première semaine après les vacances"


class BringBack(Labelled):
    """Where a cut-off goes when it falls on a day when nobody answers."""

    HOLIDAYS = "holidays", "Pendant les vacances : au dernier jour d’école"
    SAME_WEEKDAY = "same_weekday", "Pendant les vacances : au même jour de la dernière semaine d’école"
    CLOSED = "closed", "Un jour sans école : au dernier jour d’école"
    WORKING = "working", "Samedi, dimanche ou férié : au dernier jour ouvré"


class Change(Labelled):
    """What a parent does to a day: booking and cancelling may have different cut-offs."""

    BOOK = "book", "Réserver"
    CANCEL = "cancel", "Annuler"


class WhenLate(Labelled):
    REFUSE = "refuse", "Refuser"
    ACCEPT = "accept", "Accepter au tarif tardif"

"""The fourteen allergens that a caterer must declare.

Regulation (EU) No 1169/2011, annex II; told in writing for food that is not prepacked, canteens
included (Code de la consommation, R412-12 to R412-16). Labels are those of the French version, shortened.
"""

from __future__ import annotations

from rules.labelled import Labelled


class Allergen(Labelled):
    """In the order of the annex: caterers who number them mean that order, from 1 to 14."""

    GLUTEN = "gluten", "Céréales contenant du gluten"
    CRUSTACEANS = "crustaceans", "Crustacés"
    EGGS = "eggs", "Œufs"
    FISH = "fish", "Poissons"
    PEANUTS = "peanuts", "Arachides"
    SOYBEANS = "soybeans", "Soja"
    MILK = "milk", "Lait"
    NUTS = "nuts", "Fruits à coque"
    CELERY = "celery", "Céleri"
    MUSTARD = "mustard", "Moutarde"
    SESAME = "sesame", "Graines de sésame"
    SULPHITES = "sulphites", "Sulfites"
    LUPIN = "lupin", "Lupin"
    MOLLUSCS = "molluscs", "Mollusques"

import pytest

from tests.pages import inspect, untranslated

GOOD = """<!doctype html><html lang="fr"><head><title>Mes factures · Villars</title></head><body>
<h1>Mes factures</h1><form><label for="mois">Mois</label><input id="mois" name="mois">
<label><input type="checkbox" name="tous"> Tous</label><input type="hidden" name="jeton">
<select aria-label="Année"><option>2026</option></select><button>Voir</button></form></body></html>"""


def test_a_good_page_passes():
    assert inspect(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("<h1>Mes factures</h1>", "", "0 h1"),
        ("<h1>Mes factures</h1>", "<h1>Mes factures</h1><h1>Encore</h1>", "2 h1"),
        ("<title>Mes factures", "<title>Villars", "does not start"),
        ('name="tous"', 'name="tous" id="mois"', "used twice: mois"),
        ('for="mois"', 'for="jour"', "name='mois'"),
        (' aria-label="Année"', "", "without a label: select"),
        ("Voir", "Save", "not translated: « Save »"),
        ("Voir", "This field is required.", "not translated"),
        ("Voir", "Erreur : (sqlite3.IntegrityError) UNIQUE", "technical words"),
        ("Voir", "SELECT id FROM invoice", "technical words"),
        ("<button>", '<button onclick="x()">', "button onclick="),
        ("<h1>", "<script>1</script><h1>", "inline <script>"),
        (' lang="fr"', "", "lang=fr"),
        ("<form>", '<form method="POST">', "without csrf_token"),
    ],
)
def test_a_broken_promise_is_told(good, bad, problem):
    assert good in GOOD
    assert any(problem in each for each in inspect(GOOD.replace(good, bad)))


def test_english_of_a_library_is_known_with_its_blanks_filled():
    assert untranslated("Field must be at least 8 characters long.")
    assert untranslated("Record was successfully created.")
    assert untranslated("Enregistrer") is None
    assert untranslated("Les repas de la semaine") is None

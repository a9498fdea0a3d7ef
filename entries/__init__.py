"""The parents' forms, one file per subject; `forms.py` lists them."""

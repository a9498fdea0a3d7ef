"""The tables, one file per subject; only models.py and this folder import them."""

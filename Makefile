# Espace citoyen : « make help » dit tout.
# Prérequis : make, git, Python 3.11 ou plus récent avec venv (Debian : apt install make git python3-venv).

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --use-pep517 --require-hashes
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help run test lint bench bench-city endure lock clean prerequisites chromium

help: ## Affiche cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(BIN)/.run ## Installe tout, charge la démonstration s’il n’y a pas de base, ouvre http://127.0.0.1:8000
	@sh tools/run.sh

test: $(BIN)/.dev chromium ## Lance tous les tests (SQLite, PostgreSQL et navigateur)
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: $(BIN)/.dev ## Vérifie le style (ruff) et les types (mypy)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(BIN)/.dev ## Mesure les pages, la facture et le mois de 1 000 familles, à côté du plancher
	@$(BIN)/python -m tools.bench

bench-city: $(BIN)/.dev ## Rejoue l’année d’une ville, deux millions de repas, avec d’autres prix (quelques minutes)
	@$(BIN)/python -m tools.bench_city

endure: $(BIN)/.dev ## Tue le serveur et la facturation à tout instant : rien ne se perd (deux minutes)
	@$(BIN)/python -m tools.endure

lock: $(BIN)/.dev ## Fige et hache de nouveau les dépendances (requirements/*.in)
	$(LOCK) --upgrade requirements/base.in -o requirements.txt
	$(LOCK) --upgrade requirements/dev.in -o requirements-dev.txt

clean: ## Efface l’environnement, la base de démonstration et tout ce qui se refait
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- ce dont les commandes ont besoin ----------------------------------------------------

prerequisites:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Il faut Python 3.11 ou plus récent ($(PYTHON) ne l’est pas) : sur Debian, apt install python3." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Il manque le module venv de Python : sur Debian, apt install python3-venv." >&2; exit 1; }

chromium:
	@sh tools/chromium.sh

$(BIN)/.run: requirements.txt | prerequisites
	@echo "Installation de l’environnement (une à deux minutes la première fois)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) -r requirements.txt
	@touch $@

$(BIN)/.dev: requirements-dev.txt $(BIN)/.run
	@$(PIP) -r requirements-dev.txt
	@touch $@

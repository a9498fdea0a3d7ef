#!/bin/sh
# `make run` : base, démonstration, serveur et envoi des courriels ; Ctrl-C arrête le tout.
set -eu
cd "$(dirname "$0")/.."

data=${PORTAIL_DATA:-$PWD/var}
base=$data/portail.sqlite
address=127.0.0.1:8000
mkdir -p "$data"

if ! .venv/bin/python -c "import socket; socket.create_server(('127.0.0.1', 8000), reuse_port=False).close()" 2>/dev/null; then
    echo "Le port 8000 est déjà pris : arrêtez l’autre serveur, puis relancez make run." >&2
    exit 1
fi

accounts() {
    cat <<'FIN'
  agent@villars.example          Agent-Villars-2026     service, administration
  claire.martin@villars.example  Parent-Villars-2026    une famille
  paul.martin@villars.example    Parent-Villars-2026
  sonia.bernard@villars.example  Parent-Villars-2026    parents séparés
  karim.haddad@villars.example   Parent-Villars-2026
  nouveau.parent@villars.example Provisoire-2026        première connexion
FIN
}

# Sans base SQLite ni autre base désignée, on charge la démonstration : tout, ou rien.
if [ -z "${DATABASE_URL:-}" ] && [ ! -e "$base" ]; then
    trap 'rm -f "$base" "$base-wal" "$base-shm"' EXIT
    .venv/bin/flask --app app init-db
    echo "Chargement de la démonstration…"
    .venv/bin/flask --app app demo
    trap - EXIT
else
    .venv/bin/flask --app app init-db
    if [ -z "${DATABASE_URL:-}" ]; then accounts; fi
fi
printf '\n  Espace citoyen : http://%s          (Ctrl-C pour arrêter)\n\n' "$address"

# L’heure de la démonstration court depuis le même instant dans tous les processus.
PORTAIL_STARTED=$(date +%s)
export PORTAIL_STARTED
.venv/bin/flask --app app worker &
worker=$!
.venv/bin/gunicorn --bind "$address" --worker-class gthread --workers 2 --threads 4 \
    --graceful-timeout 2 --log-level warning "app:create_app()" &
web=$!

stop() {
    trap - INT TERM EXIT
    kill "$web" "$worker" 2>/dev/null || true
    wait "$web" "$worker" 2>/dev/null || true
}
trap stop EXIT
trap 'exit 0' INT TERM
wait "$web"

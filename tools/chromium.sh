#!/bin/sh
# Les tests du navigateur se servent du Chromium de Debian : on l’installe si l’on peut, sinon on s’arrête.
set -eu

fonts=/usr/share/fonts/truetype/dejavu
if [ -x /usr/bin/chromium ] && [ -d "$fonts" ]; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installation de Chromium, pour les tests du navigateur…"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
    exit 0
fi
if [ ! -x /usr/bin/chromium ]; then
    echo "Les tests ont besoin de Chromium : installez-le (en root, apt install chromium), puis relancez." >&2
    exit 1
fi

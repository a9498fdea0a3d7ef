"""Ce que disent les règlements : fonctions pures, sans base, sans horloge, sans réseau."""

"""Les systèmes extérieurs : chacun a un vrai bout et un jumeau pour les tests et la démonstration."""

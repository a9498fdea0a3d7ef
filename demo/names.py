"""Names, streets and towns for a town that does not exist; first names and surnames that France shares."""

from __future__ import annotations

LAST_NAMES = (
    "Abadie", "Amrani", "Aubert", "Barbier", "Benali", "Berger", "Blanchard", "Bonnefoy", "Boucher",
    "Brun", "Caron", "Chevalier", "Cissé", "Colin", "Costa", "Cottet", "Da Silva", "Denis", "Descombes",
    "Diallo", "Dubreuil", "Dumas", "Dupuy", "Erdoğan", "Fabre", "Favier", "Fayolle", "Ferrand",
    "Fontaine", "Gaillard", "Gauthier", "Giraud", "Gonzalez", "Grange", "Guillot", "Hernandez",
    "Humbert", "Jacquet", "Joly", "Kaya", "Keita", "Lacroix", "Lambert", "Legrand", "Lemaire", "Leroux",
    "Marchand", "Masson", "Mercier", "Meunier", "Meyer", "Montagne", "N’Diaye", "Olivier", "Ouali",
    "Pereira", "Petit", "Peyrard", "Picard", "Poncet", "Prévost", "Renaud", "Reynaud", "Rivière",
    "Robin", "Rousset", "Roussel", "Saïdi", "Sanchez", "Simonet", "Tardy", "Teyssier", "Thévenet",
    "Traoré", "Vallet", "Verdier", "Vial", "Villemagne", "Yılmaz", "Zeller",
)  # fmt: skip
WOMEN = (
    "Amandine", "Amina", "Angélique", "Anne-Laure", "Audrey", "Aïcha", "Carole", "Caroline", "Cécile",
    "Céline", "Delphine", "Elif", "Emeline", "Émilie", "Fatou", "Florence", "Hélène", "Inês",
    "Isabelle", "Jennifer", "Karine", "Laetitia", "Laura", "Laure", "Leïla", "Lucie", "Magali", "Marie",
    "Marion", "Mélanie", "Nadège", "Naïma", "Noémie", "Pauline", "Sabrina", "Sandra", "Stéphanie",
    "Sylvie", "Valérie", "Virginie",
)  # fmt: skip
MEN = (
    "Adrien", "Alexandre", "Anthony", "Antoine", "Benoît", "Bruno", "Cédric", "Christophe", "Clément",
    "David", "Emre", "Fabien", "Florian", "François", "Guillaume", "Hakim", "Ibrahima", "Jérôme",
    "João", "Kévin", "Laurent", "Loïc", "Ludovic", "Marc", "Maxime", "Mehdi", "Moussa", "Nicolas",
    "Patrice", "Pierre", "Rachid", "Raphaël", "Sébastien", "Stéphane", "Sylvain", "Thibault", "Thomas",
    "Vincent", "Xavier", "Yann",
)  # fmt: skip
CHILDREN = (
    "Aaron", "Agathe", "Alba", "Amir", "Anna", "Apolline", "Arthur", "Augustin", "Aya", "Basile",
    "Camille", "Capucine", "Charlie", "Clara", "Côme", "Diego", "Élise", "Elif", "Éloïse", "Emma",
    "Ethan", "Eva", "Gabin", "Gabriel", "Giulia", "Hanaé", "Hannah", "Héloïse", "Ilyan", "Iris",
    "Jeanne", "Joris", "Jules", "Kenza", "Kylian", "Lenny", "Léo", "Léon", "Lila", "Lina", "Lison",
    "Loïs", "Lola", "Louis", "Louise", "Lucas", "Lyam", "Maël", "Malik", "Manon", "Margaux", "Mariam",
    "Marin", "Martin", "Mathis", "Maya", "Mila", "Mohamed", "Nathan", "Nina", "Nino", "Noah", "Olivia",
    "Oscar", "Paul", "Rayan", "Robin", "Romane", "Rose", "Sacha", "Salomé", "Samuel", "Selma", "Simon",
    "Sofia", "Soline", "Théa", "Théo", "Timéo", "Valentin", "Victoire", "Victor", "Yanis", "Younes",
    "Zélie", "Zoé",
)  # fmt: skip
STREETS = (
    "rue des Acacias", "rue du Lavoir", "allée des Mésanges", "chemin des Vergers", "rue de la Pompe",
    "place du Vieux Puits", "impasse des Noisetiers", "rue des Rubaniers", "montée du Crêt",
    "rue du Chevalement", "allée des Tisserands", "chemin de la Source", "rue de l’Horloge",
    "lotissement Les Grands Prés", "rue des Passementiers", "avenue du Parc", "rue du Four à Pain",
    "chemin du Bois Rond",
)  # fmt: skip
ELSEWHERE = (("42270", "Saint-Priest-en-Jarez"), ("42480", "La Fouillouse"), ("42580", "L’Étrat"))

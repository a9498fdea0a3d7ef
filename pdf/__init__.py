"""Les papiers imprimés : une feuille (dataclass) entre, des octets sortent."""

"""The documents inside an artifact: manifest, metadata, card, interface, environment, graph."""

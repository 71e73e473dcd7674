"""Servers and places: clients, connections, moving through the registry, what an account may do."""

"""The collection picker: server, organization, orbit, and the collections as a list."""

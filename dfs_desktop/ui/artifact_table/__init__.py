"""The artifact table: model, view, cells, and the filter line above it."""

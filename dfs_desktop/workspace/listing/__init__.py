"""The artifacts of the open collection: rows, columns, sorting, filtering, the cache."""

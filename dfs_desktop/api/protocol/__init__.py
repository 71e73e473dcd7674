"""The values that flows, storage and dialects speak of."""

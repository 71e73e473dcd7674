"""Text in bytes that do not say their encoding."""

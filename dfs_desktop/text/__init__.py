"""Text from outside: bytes that do not say their encoding, addresses that nobody has checked."""

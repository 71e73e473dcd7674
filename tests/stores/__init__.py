"""Object stores that the tests run against: a strict S3 of our own, and Azurite."""

"""The REST API as LUML servers speak it since June 2026."""

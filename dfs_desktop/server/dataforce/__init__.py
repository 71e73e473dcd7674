"""The REST API as DataForce servers spoke it at the end of 2025."""

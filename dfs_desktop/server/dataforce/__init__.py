"""The REST API of DataForce servers."""

"""What the generations of the REST API share: routes, bodies and records."""

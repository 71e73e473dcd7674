"""Requests, answers, routing and validation of the local registry."""

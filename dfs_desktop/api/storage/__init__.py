"""Presigned URLs: sending, fetching and deleting the bytes of artifacts, with retry and meter."""

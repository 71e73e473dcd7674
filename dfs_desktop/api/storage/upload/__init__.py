"""Sending local files to presigned URLs."""

"""Uploads and downloads as the person sees them: the panel of all, the dialog of a batch."""

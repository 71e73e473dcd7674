"""The Qt skin: widgets that show the workspace and pass requests on to it. No decisions are made here."""

from .platform import plain_imports  # noqa: F401  before all others

"""The Qt skin: widgets that show the workspace and pass requests on to it. No decisions are made here.

Imports are not looked at by PySide, which does so for its `from __feature__ import` alone: it reads
the source of every module that is imported behind it, a tenth of the start, and keeps it.
"""

import builtins

import PySide6.QtCore  # noqa: F401  what puts its own import in the place of the one before

builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

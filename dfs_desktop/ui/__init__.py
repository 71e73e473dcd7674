"""The Qt skin: widgets that show the workspace and pass wishes on to it. No decisions are made here."""

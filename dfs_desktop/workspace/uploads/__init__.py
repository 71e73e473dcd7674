"""From dropped files to uploads: looked into, checked, sent."""

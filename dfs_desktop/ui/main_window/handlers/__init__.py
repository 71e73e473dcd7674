"""What the menus' actions do, by subject."""

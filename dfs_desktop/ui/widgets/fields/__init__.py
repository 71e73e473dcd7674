"""Fields that are typed into: numbers, tags, and whose Ctrl+Z it is."""

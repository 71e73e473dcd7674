"""Child processes: what others made is opened in them, with limits, without keys, at low priority."""

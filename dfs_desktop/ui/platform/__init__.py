"""What differs between desktops: file manager, timers, screens, local paths."""

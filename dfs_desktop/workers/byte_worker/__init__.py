"""The child process that moves bytes: orders, its caller in the window, the code in the child."""

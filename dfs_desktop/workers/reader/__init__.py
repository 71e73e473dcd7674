"""The child process that opens foreign files: its caller, the code in the child, what can be asked."""

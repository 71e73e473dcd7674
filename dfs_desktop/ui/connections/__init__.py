"""The dialog that adds a server or changes one."""

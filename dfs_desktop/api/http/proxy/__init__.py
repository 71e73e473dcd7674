"""Which proxy a request goes through: chosen by hand, by the system, or by a script."""

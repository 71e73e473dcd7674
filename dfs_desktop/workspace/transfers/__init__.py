"""What the transfers of the queue do, what a person can do with them, and their limits."""

"""What needs a person: the badge and the list behind it."""

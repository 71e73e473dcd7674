"""What can be done with places and artifacts, and when it is refused, in the words of each generation."""

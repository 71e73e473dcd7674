"""What each operation does, without I/O: generators that yield effects and return a result."""

"""Many transfers at once: what each one is, how far it got, and the queue that runs them."""

"""What systems do differently: how children start and end with us, files for one person, clocks."""

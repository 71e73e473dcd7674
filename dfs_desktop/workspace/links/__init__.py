"""What a pasted or typed text refers to, and the way there; links to what is shown."""

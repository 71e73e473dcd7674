"""The tracks of the open orbit, and what is done with them."""

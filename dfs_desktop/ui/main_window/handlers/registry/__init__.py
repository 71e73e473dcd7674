"""What is done with servers, collections, orbits and tracks, and with a whole registry."""

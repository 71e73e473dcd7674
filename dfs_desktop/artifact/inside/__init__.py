"""The parts that the reader of artifacts is made of; the modules one level up are its face."""

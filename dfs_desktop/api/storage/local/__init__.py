"""What a download leaves on the disk: a partial file, its checksum, its checkpoints."""

"""Looking into one artifact."""

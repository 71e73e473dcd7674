"""What differs between object stores: S3, Azure."""

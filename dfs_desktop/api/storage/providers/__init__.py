"""What differs between object stores: S3, Azure, completing multipart uploads."""

"""The object store of the local registry: presigned URLs, plain files, multipart uploads."""

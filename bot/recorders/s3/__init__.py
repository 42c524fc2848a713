"""The call recording system that is a bucket of an S3-compatible storage; the one place that knows its SDK."""

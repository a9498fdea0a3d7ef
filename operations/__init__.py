"""One verb per function: check first, change after, in one transaction that the caller commits."""

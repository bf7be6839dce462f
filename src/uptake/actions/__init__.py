"""What we do with customers: a folder per channel."""

"""What happens here, told to other systems: signed, tried again, and replayed when asked for (Standard Webhooks)."""

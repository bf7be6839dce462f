"""The gallery of charts."""

"""The Tasks pages, and the calendar that other programs read."""

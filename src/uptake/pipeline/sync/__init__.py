"""Usage that flows in by itself: platforms that are asked every day, and sources that send live."""

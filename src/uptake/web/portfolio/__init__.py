"""The portfolio: every customer's score, where they stand, what they use."""

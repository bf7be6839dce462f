"""Tasks: what a teammate is to do for a customer, and by when."""

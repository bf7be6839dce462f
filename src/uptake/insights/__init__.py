"""What the numbers mean: a sentence with its evidence."""

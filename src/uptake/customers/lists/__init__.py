"""Customer lists: rows that say what is known of customers, planned against what is there, written at once, taken back."""

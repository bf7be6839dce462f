"""One customer: its score opened, what moved it, who and what is behind it, and what to do."""

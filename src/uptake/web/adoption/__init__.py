"""The Adoption tab: how one customer uses the product, what it pays for, who went quiet, and what to do."""

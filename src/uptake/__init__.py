"""Uptake: which customers adopt your product, which stall, why, and what to do next."""

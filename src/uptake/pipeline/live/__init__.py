"""Live events after they were taken: where they wait, durable, how they become facts, and whose they are."""

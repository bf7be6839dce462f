"""What the chat can do: a tool a question, each with typed arguments."""

"""A door: question, tool, answer; and files dropped into a conversation."""

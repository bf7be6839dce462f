"""The imports: their history, one opened, the rows set aside, undo and bring back."""

"""Mail: reading a message tolerantly, and telling from it who wrote to whom and what kind of contact it is."""

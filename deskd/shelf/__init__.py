"""What agents take from a shelf: canned replies and the knowledge base."""

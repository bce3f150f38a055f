"""A burst of submissions: what runs for it, what is handed in, what became of it, and how it is told."""

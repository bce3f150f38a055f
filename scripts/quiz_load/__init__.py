"""A class that sits a quiz, as its browsers do: what they ask, send, keep and repeat, and what came of it."""

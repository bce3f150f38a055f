"""What the platform does, on a Session and plain values. Services never commit: whoever called them does."""

"""Quizzes in SQL: composing them, running a session of one, and what comes of it."""

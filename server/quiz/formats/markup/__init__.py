"""Texts from one markup to another: Markdown, which questions are written in, HTML, and plain text."""

"""From what was graded or written to what people read: Markdown, maths, source, evidence, times, words for states."""

"""The grader's commands: grade, check, new, doctor."""

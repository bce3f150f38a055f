"""The grader's commands: grade, check, doctor."""

"""The judge: runs an assignment's checks against a submission that lives in a sandbox, and writes the Result."""

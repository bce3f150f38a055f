"""Timing correct submissions so that the figure cannot be forged: what is timed, the protocol, the statistics."""

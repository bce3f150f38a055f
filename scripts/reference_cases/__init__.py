"""The random cases over which references are held against their oracles: `pairs.PAIRS` says which against which.

A function that draws a case takes random numbers and the reference, and gives a `Trial`: one question to both. Settings
are drawn wide, and now and then so that nothing is left (`EMPTY`), which both must refuse.
"""

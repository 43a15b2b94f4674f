"""The pack: the paper that goes round before a meeting, as PDF and as a Word file.

`facts` gathers what the register held at a moment for readers of a classification, and `layout` says it in blocks. Both
files are made from the same blocks, so that both say the same.
"""

"""The documents of the API: built in one way, for lists, details and feeds alike, and kept with every write.

`sources` fetches rows as they are or as they were at a position; `building` makes documents of them; `keeping` compares
them with what is kept and gives each that changed a ledger position of its own; `serving` turns them into text.
"""

"""The documents of the API: made in one way, for lists, details and feeds alike, and kept with every write.

`kinds` declares what they show; `sources` loads rows as they are or as they were at a position; `building` makes
documents of them; `updating` compares these with what is kept and gives each that changed a ledger position of its own;
`serving` turns them into what is sent.
"""

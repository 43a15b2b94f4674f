"""The API: JSON documents of what the register holds, and the moves, over the services."""

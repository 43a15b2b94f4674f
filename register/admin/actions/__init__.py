"""Actions in the admin: their list, their page, and the updates that are added to them."""

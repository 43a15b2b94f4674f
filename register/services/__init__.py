"""The services: every write of the register, with its permission check, its refusals and its ledger entries."""

"""The ledger: chain every audited change, verify the chain, and let nobody rewrite the past."""

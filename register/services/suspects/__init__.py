"""What is in doubt: marks on whatever rests on something that changed since, and what answers rest on."""

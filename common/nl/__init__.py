"""English to SQL: what the model is told, what it may answer, and what of that may run."""

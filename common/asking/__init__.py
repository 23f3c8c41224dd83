"""A question's way from English to rows: between the language side (common/nl) and the data (common/store)."""

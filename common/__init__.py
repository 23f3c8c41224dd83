"""Everything a function is made of; `functions/<operation>/main.py` only names the entry point."""

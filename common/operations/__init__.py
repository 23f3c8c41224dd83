"""What Gavel can do, one module per function: Request, Response and run (load, decide, write, return)."""

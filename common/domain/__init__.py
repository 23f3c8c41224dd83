"""The rules of the auction: standard library only, no clock, no input or output."""

"""The analysts' app: questions in English, and the market at a glance. It talks HTTP to the functions only."""

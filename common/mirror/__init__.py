"""Firestore, which shows the public where every listing stands; MySQL remains the truth."""

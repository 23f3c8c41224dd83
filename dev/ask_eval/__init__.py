"""How well questions in English are answered: questions with known answers, run on three made-up markets."""

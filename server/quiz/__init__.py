"""Quiz questions: what they are, how they are drawn, scored, analysed and exchanged. No Flask and no SQL in here."""

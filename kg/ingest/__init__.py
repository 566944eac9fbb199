"""Read labels, leaflets and tables into flat rows, and rows into claims; nothing is guessed."""

"""Things that hold arrays and run."""

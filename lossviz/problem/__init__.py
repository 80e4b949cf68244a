"""The problem a reader poses, as recipes side by side, and its formula with numbers."""

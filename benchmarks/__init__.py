"""Speed as ratios within one run; see ``__main__``."""

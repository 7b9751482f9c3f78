"""What scripts/check_grammar does, one part a module."""

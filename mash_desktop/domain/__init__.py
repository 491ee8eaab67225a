"""The domain, pure: entries, folds, rules, permissions, levels, clocks, lawfulness, identifiers."""

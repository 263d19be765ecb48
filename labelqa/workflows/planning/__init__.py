"""Plans of spot checks: declare one, work it out for a batch, compare designs side by side."""

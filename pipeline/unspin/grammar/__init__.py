"""Grammar: a LanguageTool server of our own, and what is left of its findings."""

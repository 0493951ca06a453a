"""All that people read, by language: `ko/alert.po`, `en/alert.po` and so on. `catalogue` says how to add a message."""

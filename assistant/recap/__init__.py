"""From a dictated recap to fields: commands, numbers, dates, codes, names."""

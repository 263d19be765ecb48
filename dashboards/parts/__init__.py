"""What the pages are put together from: language, week, cards, tables, links, items. Nothing here computes a figure."""

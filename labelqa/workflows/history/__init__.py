"""What happened to an item, and items picked with all that is known of them."""

"""What surrounds labeling: attachments, registers, incidents, risks and guidance."""

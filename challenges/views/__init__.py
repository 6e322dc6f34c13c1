"""Pages of the challenges room."""

"""Pure functions from a snapshot's frames to the small frames that pages show; nothing here renders."""

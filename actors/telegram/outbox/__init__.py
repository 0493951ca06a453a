"""What goes to people, and the promise that it does: each thing once, in order, whatever breaks."""

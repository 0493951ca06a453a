"""What people read, made of the words in `actors.words`."""

"""What people write and press, and what they are answered."""

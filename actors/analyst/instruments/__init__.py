"""What is traded: master files, names, and which stock is meant by what somebody types."""

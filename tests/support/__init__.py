"""The fakes that tests are built on, as careful as the real things."""

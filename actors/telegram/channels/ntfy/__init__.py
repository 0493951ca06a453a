"""ntfy (https://ntfy.sh), which a family can run on a network of its own: a topic a person, nothing comes back.

config    [telegram.channels.ntfy]    wire    requests and answers. Pure    client    the channel
"""

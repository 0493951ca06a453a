"""What falls to which copy of feed, where there are several: app keys by configuration, symbols by a hash. Pure.

Every copy computes the same from the same: which copies live. A symbol belongs to the living copy whose name and its
own hash highest together (rendezvous hashing): when a copy dies only its symbols move, and they come back to it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["app_keys_of", "owner_of"]


def app_keys_of(
    instance: str, instances: Sequence[str], known: Sequence[str], assigned: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Return the names of the app keys that *instance* uses.

    Args:
        instance: the copy that asks.
        instances: all copies that are to run.
        known: the names of all app keys.
        assigned: which copy uses which; where it is empty, they are dealt out in turn.

    Raises:
        ValueError: *assigned* names what there is not, or an app key twice: it has one session.
    """
    if not assigned:
        place = instances.index(instance) if instance in instances else 0
        return tuple(known[place :: max(1, len(instances))])
    names = [name for row in assigned.values() for name in row]
    strange = [name for name in names if name not in known] + [name for name in assigned if name not in instances]
    twice = [name for name in names if names.count(name) > 1]
    if strange or twice:
        message = (
            f"expected each of the app keys {', '.join(known)} at most once, at one of the instances "
            f"{', '.join(instances)}; found {(strange or twice)[0]}{'' if strange else ' twice'}"
        )
        raise ValueError(message)
    return tuple(assigned.get(instance, ()))


def owner_of(symbol: str, living: Iterable[str]) -> str:
    """Return which of the *living* copies, at least one, carries *symbol*."""
    return max(living, key=lambda instance: hashlib.blake2b(f"{instance} {symbol}".encode(), digest_size=8).digest())

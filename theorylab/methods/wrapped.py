"""What a method that wraps another, its field `method`, answers in the other's place."""


def column_names(self):
    """Those of the method."""
    return self.method.column_names


def meanings(self):
    """What the method's own columns are."""
    return getattr(self.method, "meanings", {})


def needs(self):
    """What the method needs."""
    return self.method.needs


def asks(self):
    """What the method asks of a problem."""
    return getattr(self.method, "asks", ())


def lanes(self) -> bool:
    """Whether the method runs abreast."""
    return getattr(self.method, "lanes", True)


def patience(self) -> int:
    """Null steps in a row after which nothing can change any more."""
    return self.method.patience()


def faults(self) -> list[str]:
    """Sentences that say which field is out of its range."""
    if not hasattr(type(self.method), "step"):
        return [f"{type(self).__name__}.method is {self.method!r}; it has to be a method"]
    return self.method.faults()


def objections(self, problem) -> list[str]:
    """Sentences that say what does not fit the problem."""
    return self.method.objections(problem) if hasattr(self.method, "objections") else []


def breach(self, t, memory) -> str:
    """Why the method ended the run."""
    return self.method.breach(t, memory)

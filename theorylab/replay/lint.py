"""What the lift cannot see: constants that Python rounded before, and quotients of integers.

``1.0/3.0`` reaches the code object as one rounded float64, ``i/n`` as a quotient of two machine integers, and a
module-level ``_C = 2.0*math.pi`` as its value. All three are float64 numbers where the formula has others.
"""

import ast
import inspect
import textwrap
from fractions import Fraction

_OPERATIONS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_INTEGER_ATTRIBUTES = {"size", "ndim"}
_INTEGER_CALLS = {"len", "int", "range"}


def lint(function) -> list[str]:
    """Sentences on every place where the source computes in float64 what a replay would take as exact.

    Parameters
    ----------
    function : callable
        A jitted or plain function with source.

    Returns
    -------
    list of str
        Empty if nothing is wrong.
    """
    plain = getattr(function, "py_func", function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(plain)))
    integers = _integer_names(tree)
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            faults += _folded(node) or _integer_quotient(node, integers)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
            faults += _integer_quotient(ast.BinOp(node.target, node.op, node.value), integers)
    faults += _computed_globals(plain, tree)
    return [f"{plain.__module__}.{plain.__name__}: {fault}" for fault in faults]


def _value(node, number):
    """The value of an expression of literals, each read by `number`; None of anything else."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return number(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _value(node.operand, number)
        return None if value is None else -value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = _value(node.left, number), _value(node.right, number)
        if left is not None and right is not None and not (isinstance(node.op, ast.Div) and right == 0):
            return _OPERATIONS[type(node.op)](left, right)
    return None


def _folded(node) -> list[str]:
    value = _value(node, Fraction)
    if value is None or value == _value(node, lambda literal: literal):
        return []
    text = ast.unparse(node)
    return [f"{text} is rounded to float64 before the replay sees it; keep the numbers apart, as in x*2.0/3.0"]


def _integer_names(tree) -> set[str]:
    """Names that hold machine integers: loop counters over ranges and what is computed from sizes."""
    names: set[str] = set()
    while True:
        found = set(names)
        for node in ast.walk(tree):
            if isinstance(node, (ast.For, ast.comprehension)) and _is_integer(node.iter, names):
                found |= {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
            elif isinstance(node, ast.Assign) and _is_integer(node.value, names):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if found == names:
            return names
        names = found


def _is_integer(node, names) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute):
        return node.attr in _INTEGER_ATTRIBUTES
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _INTEGER_CALLS
    if isinstance(node, ast.UnaryOp):
        return _is_integer(node.operand, names)
    if isinstance(node, ast.BinOp):
        whole = isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod))
        return whole and _is_integer(node.left, names) and _is_integer(node.right, names)
    return False


def _integer_quotient(node, integers) -> list[str]:
    if not isinstance(node.op, ast.Div):
        return []
    if isinstance(node.left, ast.Constant) and type(node.left.value) is int:
        return [f"{ast.unparse(node)} may divide integers; write {float(node.left.value)}/..."]
    if _is_integer(node.left, integers) and _is_integer(node.right, integers):
        return [f"{ast.unparse(node)} divides integers, which rounds; write 1.0*{ast.unparse(node)}"]
    return []


def _computed_globals(plain, tree) -> list[str]:
    """Module-level float64 numbers that the function reads and that the module computes instead of stating."""
    module = inspect.getmodule(plain)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    wanted = {name for name in read if _holds_floats(plain.__globals__.get(name))}
    if not wanted or module is None:
        return []
    faults = []
    for node in ast.parse(inspect.getsource(module)).body:
        if not isinstance(node, ast.Assign):
            continue
        names = wanted & {target.id for target in node.targets if isinstance(target, ast.Name)}
        if names and not _is_stated(node.value):
            faults.append(
                f"{min(names)} = {ast.unparse(node.value)} is computed in float64 by the module; compute it in the "
                "function, or give the primitive an EXACT realisation"
            )
    return faults


def _holds_floats(value) -> bool:
    return isinstance(value, float) or (type(value) is tuple and any(map(_holds_floats, value)))


def _is_stated(node) -> bool:
    if isinstance(node, ast.Tuple):
        return all(map(_is_stated, node.elts))
    value = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(value, ast.Constant)


def functions_of(record_class) -> list:
    """The functions by which a problem or a method answers the verbs, and the jitted helpers that they call.

    Primitives with an EXACT realisation are left out: no replay runs their float64 source.
    """
    verbs = ("kernel", "value", "draw", "project", "workspace", "init", "step", "columns", "gauge")
    waiting = [getattr(record_class, verb) for verb in verbs if hasattr(record_class, verb)]
    found: list = []
    while waiting:
        function = waiting.pop()
        plain = getattr(function, "py_func", function)
        if plain in found or plain.__name__ in plain.__globals__.get("EXACT", {}):
            continue
        found.append(plain)
        called = map(plain.__globals__.get, plain.__code__.co_names)
        waiting += [helper for helper in called if hasattr(helper, "py_func")]
    return found

"""Strings that people, links and robots might type where a formula is expected.

``HOSTILE`` must be refused with a sentence; ``HEAVY`` are legal and as heavy as they come.
"""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


_CODE = [
    "__import__('os').system('true')",
    "__import__(chr(111)+chr(115))",
    "open('x')",
    'open("/etc/passwd").read()',
    "eval('1')",
    "exec('r=1')",
    "compile('1','','eval')",
    "os.system('true')",
    "getattr(r, 'x')",
    "globals()",
    "locals()",
    "vars()",
    "dir()",
    "breakpoint()",
    "input()",
    "print(r)",
    "exit()",
    "help(r)",
    "type(r)",
    "str(r)",
    "lambda: 0",
    "lambda r: r",
    "(lambda: r)()",
    "(lambda f: f(f))(lambda f: f(f))",
    "[x for x in (1, 2)]",
    "[r]*999999999",
    "{r for r in (1,)}",
    "{r: r}",
    "(x for x in (1, 2))",
    "sum(r for r in (1,))",
    "(r := 2)",
    "r := 2",
    "r = 2",
    "pi = 3",
    "e = 2",
    "r += 1",
    "r; r",
    "import os",
    "from os import system",
    "def f(): pass",
    "class A: pass",
    "while 1: pass",
    "for r in r: r",
    "with r: r",
    "try: r",
    "raise r",
    "return r",
    "yield r",
    "(yield)",
    "await r",
    "async def f(): r",
    "del r",
    "pass",
    "assert r",
    "global r",
    "not r",
    "r and r",
    "r or r",
    "r if r else r",
    "r in r",
    "r is r",
    "r is not r",
    "r not in r",
    "True",
    "False",
    "None",
    "...",
    "Ellipsis",
    "NotImplemented",
    "__debug__",
    "__name__",
    "__builtins__",
    "__doc__",
    "__file__",
    "f'{r}'",
    "f'{__import__(\"os\")}'",
    "'r'",
    '"r"',
    "b'r'",
    "'''r'''",
    "u'r'",
    "'r' * 10**9",
    "r'r'",
    "1j",
    "2j*r",
    "0x1f",
    "0b1",
    "0o7",
    "1_000",
    "1e999",
    "1e400*r",
    "-1e999",
    "9" * 190 + "9e200",
    "nan",
    "inf",
    "infinity",
    "NaN",
    "r[0]",
    "r[::2]",
    "r[r]",
    "r{0}",
    "abs[r]",
    "*r",
    "**r",
    "abs(*r)",
    "abs(**r)",
    "abs(x=r)",
    "abs(r, x=r)",
    "maximum(*(r, r))",
    "0 < r < 1",
    "r < r < r < r",
    "r == r",
    "r != r",
    "r <> r",
    "r ^ 2",
    "r | r",
    "r & r",
    "~r",
    "!r",
    "r!",
    "r // 2",
    "r % 2",
    "r @ r",
    "r << 2",
    "r >> 2",
    "r -> r",
    "r => r",
    "r ? r : r",
    "r $ r",
    "`r`",
    "r\\r",
    "r # comment",
    "#",
    "r,",
    "r, r",
    "(r, r)",
    "()",
    "( )",
    "(,)",
    "abs(,)",
    "abs(r,)r",
    ",",
    "+",
    "-",
    "*",
    "**",
    "/",
    "<",
    "r +",
    "r -",
    "r *",
    "* r",
    "/ r",
    "< r",
    "r <",
    "r + + ",
    "r ** ",
    "(",
    ")",
    "((",
    ")(",
    "(r",
    "r)",
    "((r)",
    "(r))",
    "abs(r",
    "abs r",
    "abs",
    "sin",
    "where",
    "sin cos r",
    "r r",
    "r 2",
    "2 r",
    "2r",
    "2(r)",
    "(r)2",
    "(r)(r)",
    "(r)r",
    "r(r)",
    "r(2)",
    "pi(2)",
    "e(r)",
    "1 2",
    "1.2.3",
    "1..2",
    ".",
    "..",
    "1.r",
    "r.1",
    "007",
    "00r",
    "1/0",
    "0/0",
    "0**-1",
    "log(0)",
    "log(-1)",
    "sqrt(-1)",
    "exp(1000)",
    "r + 1/0",
    "r*log(-2)",
    "where(r < 0, 1/0, r)",
    "(-8)**(1/3)",
    "9**9**9",
    "9**9**9**9",
    "9**9**9**9**9",
    "10**10**10",
    "10**10**10*0",
    "2**2**2**2**2**2",
    "(9**99)**99",
    "((9**9)**9)**999",
    "r**9**9",
    "r**99999999",
    "r**-99999999",
    "2**(10**6)",
    "exp(exp(exp(exp(9))))",
    "cosh(cosh(cosh(9)))",
    "(10**300)*(10**300)",
    "\0",
    "r\0",
    "\0r",
    "r\n",
    "r\n+r",
    "\nr",
    "r\r",
    "r\t+ r",
    "\tr",
    "r\x0b",
    "r\x0c",
    "r\x1b[31m",
    "r\x7f",
    "r\x85",
    "r\u2028",
    "r\u00a0+ r",
    "r\u200b",
    "\ufeffr",
    "\u202er",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "%s%s%s",
    "'; DROP TABLE losses; --",
    "../../etc/passwd",
    "$(true)",
    "`true`",
    "| true",
    "\\frac{1}{2}",
    "$r^2$",
    "Σr",
    "∫r",
    "∂r",
    "√r",
    "r²",
    "r³",
    "½r",
    "r×2",
    "r·2",
    "r÷2",
    "r−1",
    "r–1",
    "r≤1",
    "r≥1",
    "r≠1",
    "|r|",
    "‖r‖",
    "∞",
    "π*r",
    "",
    " ",
    "   ",
]

_ATTRIBUTES = _words(
    """
    __class__ __bases__ __mro__ __subclasses__ __globals__ __init__ __dict__ __code__
    __closure__ __getattribute__ __reduce__ __reduce_ex__ __builtins__ __import__ real imag
    shape T dtype tofile tobytes ctypes base data func_globals gi_frame f_globals f_back
    """
)
_BASES = ["r", "(1)", "abs", "sin(r)", "(r+1)", "1.0", "pi", "p"]

_CALLS = _words(
    """
    __import__ open eval exec compile getattr setattr delattr globals locals vars dir type str
    repr int float complex bytes bytearray memoryview object super property classmethod iter
    next map filter zip range sum min max pow divmod round hash id input print breakpoint exit
    quit help callable format sorted reversed all any enumerate frozenset set list dict tuple
    slice chr ord bin hex oct ascii gamma lgamma factorial ln lg log2 log10 arctan arcsin
    sec cot csc sinc floor ceil mod fmod hypot relu sigmoid softplus Abs Max Min Piecewise
    Derivative Integral Symbol sympify lambdify numpy np scipy sympy os sys subprocess
    """
)

_NAMES = _words(
    """
    foo bar x_ _r r_ __ _ __r__ rr yy np os sys self cls import_ true false none R2D2 abc1 a_b
    alpha_ betas loss residual prediction target nan inf r0000 x1234 a12345
    """
)

_ARITY = {
    "abs": 1, "sqrt": 1, "exp": 1, "log": 1, "log1p": 1, "expm1": 1, "sin": 1, "cos": 1, "tan": 1,
    "tanh": 1, "sinh": 1, "cosh": 1, "sign": 1, "minimum": 2, "maximum": 2, "where": 3,
    "asin": 1, "acos": 1, "atan": 1, "erf": 1,
}  # fmt: skip

# letters that look like r, x, a, p, e or a function's, and digits that look like 2
_ALIKE = "ｒгᴦⲅ𝐫𝑟𝒓𝓇𝔯𝕣𝖗𝗋𝘳𝙧𝚛ʀᵣｘхⅹаａ𝑎рｐ𝑝еｅ𝑒ℯﬁſⅇ２²₂②٢२𝟐𝟚"


def _generated() -> list[str]:
    found = list(_CODE)
    found += [f"{base}.{name}" for base in _BASES for name in _ATTRIBUTES]
    found += [f"{name}(r)" for name in _CALLS] + [f"{name}('r')" for name in _CALLS]
    found += [f"r + {name}" for name in _NAMES] + [f"{name}*2" for name in _NAMES]
    for name, arity in _ARITY.items():
        found += [f"{name}({', '.join('r' * n)})" for n in range(5) if n != arity]
        found += [f"{name}(x={'r'})", f"{name}(*r)", f"{name} = r", f"{name}.{name}", f"{name}[r]"]
        found += [f"{name}", f"{name}({name})", f"{name}(r", f"2{name}(r)", f"{name.upper()}(r)"]
        found += [f"lambda: {name}(r)", f"{name}(r) if r else 0", f"{name}('r')", f"{name}(r))"]
    for letter in _ALIKE:
        found += [letter, f"{letter} + 1", f"r*{letter}", f"ab{letter}(r)"]
    for n in (21, 30, 60, 99, 199):
        found += ["(" * n + "r" + ")" * n, "-" * n + "r", "(" * n, ")" * n, "+" * n + "r"]
        found += ["sin(" * n + "r" + ")" * n, "r**" * n + "r", "9**" * n + "9", "abs(" * n]
        found += ["r" * n, "_" * n, "9" * n + "r", "[" * n, "r." * n, "r<" * n + "r", "~" * n]
        found += ["exp(" * n + "9" + ")" * n, "{" * n, "r" + "!" * n, "lambda:" * n + "r"]
    for n in (201, 500, 5000, 100_000):
        found += ["r" * n, "r+" * n + "r", "(" * n + "r" + ")" * n, "9" * n, "r**" * n + "r"]
        found += ["-" * n + "r", " " * n + "r", "r" + " " * n, "[" * n + "]" * n, "\0" * n]
    for code in range(32):
        found += [f"r{chr(code)}", f"r +{chr(code)}r"]
    for sign in "!\"#$%&'.:;=?@[\\]^`{|}~§±¬":
        found += [f"r{sign}r", f"{sign}r", f"r{sign}"]
    return found


HOSTILE = list(dict.fromkeys(_generated()))

HEAVY = [
    "**".join(["r"] * 20),
    "tan(" * 20 + "r" + ")" * 20,
    "r/(p + " * 9 + "r" + ")" * 9,
    "maximum(" * 18 + "r" + ",r)" * 18,
    "where(r<p,r*p," * 12 + "r" + ")" * 12,
    "sqrt(r+" * 9 + "r" + ")" * 9,
    "*".join(["sin(r)"] * 28),
    "/".join(["sin(r)"] * 28),
    "*".join(["r"] * 100),
    "+".join(["r"] * 100),
    "-".join(["r"] * 100),
    "*".join(f"(r+{i})" for i in range(28)),
    "(9 + r - r)**(9 + r - r)**(9 + r - r)**(9 + r - r)",
    "((((64*r)**64)**64)**64)**64",
    "exp(log(9 + r - r)*9*9*9)**999",
    "2**r*2**(999 - r)*3**r*3**(999 - r)",
    "tanh(exp(tanh(p**2))/r)",
    "abs(r)**abs(r)**abs(r)**abs(r)",
]

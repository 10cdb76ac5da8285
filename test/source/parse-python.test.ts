import { describe, expect, it } from 'vitest';
import { parsePython } from '../../src/source/parse-python.ts';

describe('parsePython', () => {
  it('lists what importing the module would define, in whatever branch it stands', () => {
    const { classes, functions, names } = parsePython(`
import os
@decorated
class A(Base, ts.torch_handler.base_handler.BaseHandler, metaclass=M):
    kind = 'x'
    async def initialize(self, context): pass
    def handle(self, data, context):
        class Inner: pass
if os.name == 'posix':
    def handle(data, context): ...
else:
    class B: pass
try:
    import fast as engine
except ImportError:
    engine = None
x, (y, *z) = 1, (2, 3)
w: int = 4
if __name__ == '__main__':
    class OnlyAsScript: pass
`);
    expect(classes).toEqual([
      {
        name: 'A',
        line: 4,
        bases: ['Base', 'ts.torch_handler.base_handler.BaseHandler'],
        members: new Set(['kind', 'initialize', 'handle']),
      },
      { name: 'B', line: 12, bases: [], members: new Set() },
    ]);
    expect(functions).toEqual([{ name: 'handle', line: 10 }]);
    expect(names).toEqual(new Set(['os', 'A', 'handle', 'B', 'engine', 'x', 'y', 'z', 'w']));
  });

  it('lists imports with their dots, and which of them must succeed', () => {
    const { imports, hasStarImport } = parsePython(`import os, a.b as c
from . import near
from ..up.mod import (one as uno,  # why
    two,
)
from wide import *
try:
    import maybe
except ImportError:
    pass
def f():
    import late
`);
    expect(imports).toEqual([
      { module: 'os', level: 0, names: [], line: 1, required: true },
      { module: 'a.b', level: 0, names: [], line: 1, required: true },
      { module: '', level: 1, names: ['near'], line: 2, required: true },
      { module: 'up.mod', level: 2, names: ['one', 'two'], line: 3, required: true },
      { module: 'wide', level: 0, names: ['*'], line: 6, required: true },
      { module: 'maybe', level: 0, names: [], line: 8, required: false },
      { module: 'late', level: 0, names: [], line: 12, required: false },
    ]);
    expect(hasStarImport).toBe(true);
  });

  it.each([
    ['an open bracket', 'def handle(data, context:\n    pass\n', 1],
    ['Python 2', 'x = 1\nprint "hello"\n', 2],
    ['a block without an indent', 'def handle(d, c):\nreturn d\n', 2],
    ['a stray indent', 'x = 1\n    y = 2\n', 2],
    ['an indent that matches nothing', 'def f():\n        x = 1\n    y = 2\n', 3],
    ['try alone', 'try:\n    x = 1\ny = 2\n', 1],
    ['an unfinished string', 'x = """abc\n', 1],
  ])('names the line of %s', (_, text, line) => {
    const { errors, certain } = parsePython(text);
    expect(errors[0]?.line).toBe(line);
    expect(certain).toBe(true);
  });

  it('reads what CPython accepts, beyond what the parser knows by itself', () => {
    for (const text of [
      'x = 2. if y else 1.\n',
      'def f():\n    yield\n',
      'generator = type((lambda: (yield))())\n',
      'with a() as (b, c), d() as self.e:\n    pass\n',
      'pairs = [(u, v) for u, v, *d in edges]\n',
      'match x:\n    case ast.Expr(value=1) | str():\n        pass\n    case {}:\n        pass\n',
      '\f\nclass A:\n    pass\n',
      'x = \\\n    1\n# not joined \\\ny = 2\n',
      'def f():\n\tpass\n\t\n',
      'type Pair[T] = tuple[T, T]\n',
      'if (n := 3) > 2:\n    print(f"{n=!r:>10}")\n',
      'async def f():\n    async with a as b:\n        return [x async for x in y]\n',
    ]) {
      expect(parsePython(text).errors, text).toEqual([]);
    }
  });

  it('says when an error may be its own', () => {
    expect(parsePython('with (\n  open(a) as b,\n  open(c) as d,\n):\n    pass\n').certain).toBe(false);
  });

  it('survives hostile nesting', () => {
    expect(parsePython('('.repeat(100_000)).errors.length).toBeGreaterThan(0);
    expect(
      parsePython(`${Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}if x:`).join('\n')}\n`).classes,
    ).toEqual([]);
  });
});

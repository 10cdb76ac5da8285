import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePython } from '../../src/source/parse-python.ts';

/** Drop a file, get a test; CPython is asked about the same files in the interop suite. */
function fixtures(verdict: 'good' | 'doubt' | 'bad'): [name: string, text: string][] {
  const folder = new URL(`../fixtures/python/${verdict}/`, import.meta.url);
  return readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]);
}

describe('parsePython', () => {
  it('lists what importing the module may define, in every branch', () => {
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

  it('lists imports with their dots, and whether they may fail', () => {
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
  ])('gives the line of %s', (_, text, line) => {
    const { errors, certain } = parsePython(text);
    expect(errors[0]?.line).toBe(line);
    expect(certain).toBe(true);
  });

  it.each(fixtures('good'))('accepts %s', (_, text) => {
    expect(parsePython(text)).toMatchObject({ errors: [], certain: true });
  });

  it.each(fixtures('doubt'))('is unsure about %s', (_, text) => {
    const { errors, certain } = parsePython(text);
    expect(errors[0]?.message).toMatch(/needs? Python 3\.1[345]$/);
    expect(certain).toBe(false);
  });

  it.each(fixtures('bad'))('reports %s at its line', (_, text) => {
    const [, line, message = ''] = /^# line (\d+): (.*)/.exec(text) ?? [];
    const { errors, certain } = parsePython(text);
    expect(errors[0]).toMatchObject({ line: Number(line), message: expect.stringMatching(message) });
    expect(certain).toBe(true);
  });

  it('continues after a syntax error', () => {
    const { classes, names, errors } = parsePython(
      'import a\nclass H:\n  def f(self):\n    print x\n    y = 1\n  def g(self): pass\nz = 1\n',
    );
    expect(errors).toHaveLength(1);
    expect(classes[0]?.members).toEqual(new Set(['f', 'g']));
    expect(names).toEqual(new Set(['a', 'H', 'z']));
  });

  it('finds the names that with, for, walrus and except bind', () => {
    const { names } = parsePython(
      'with a as (b, c.d): pass\nfor e, *f in g: pass\nif (h := i): pass\nj[k], l = m\ntype N = int\nif TYPE_CHECKING:\n  import o\nelse:\n  import p\n',
    );
    expect(names).toEqual(new Set(['b', 'e', 'f', 'h', 'l', 'N', 'p']));
  });

  it('survives hostile nesting', () => {
    expect(parsePython('('.repeat(100_000)).errors.length).toBeGreaterThan(0);
    expect(
      parsePython(`${Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}if x:`).join('\n')}\n`).classes,
    ).toEqual([]);
  });
});

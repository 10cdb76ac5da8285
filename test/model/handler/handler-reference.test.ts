import { describe, expect, it } from 'vitest';
import { detectHandler } from '../../../src/model/handler/handler-reference.ts';

const detect = (handler: string | undefined, members: string[], runtime?: string) =>
  detectHandler(
    { ...(runtime === undefined ? {} : { runtime }), model: handler === undefined ? {} : { handler } },
    new Set(members),
  );

describe('detectHandler', () => {
  it('finds the file of each form that upstream writes into the manifest', () => {
    for (const [text, entryPoint] of [
      ['h.py', undefined],
      ['h', undefined],
      ['h:fn', 'fn'],
      ['h.py:fn', 'fn'],
    ] as const) {
      expect(detect(text, ['h.py'])).toEqual({ kind: 'python', member: 'h.py', entryPoint });
    }
  });

  it('looks for dotted modules and packages as Python does', () => {
    expect(detect('pkg.mod', ['pkg/mod.py'])).toMatchObject({ kind: 'python', member: 'pkg/mod.py' });
    expect(detect('pkg', ['pkg/__init__.py'])).toMatchObject({ kind: 'python', member: 'pkg/__init__.py' });
  });

  it('finds a built-in by name, and a member of the same name first, as the worker imports it', () => {
    expect(detect('image_classifier', [])).toEqual({ kind: 'builtin', name: 'image_classifier' });
    expect(detect('image_classifier', ['image_classifier.py'])).toMatchObject({ kind: 'python' });
    expect(detect('image_classifier', [], 'nodejs')).toEqual({ kind: 'builtin', name: 'image_classifier' });
  });

  it('treats a JavaScript file as a module, whatever the runtime', () => {
    expect(detect('h.mjs:main', ['h.mjs'], 'nodejs')).toEqual({ kind: 'module', member: 'h.mjs', entryPoint: 'main' });
    expect(detect('h.mjs', ['h.mjs'], 'python')).toMatchObject({ kind: 'module' });
    expect(detect('h', ['h.mjs'], 'nodejs')).toMatchObject({ kind: 'module', member: 'h.mjs' });
  });

  it('names what is missing as the manifest does', () => {
    expect(detect('nohandler:fn', ['x.py'])).toEqual({ kind: 'missing', text: 'nohandler:fn' });
    expect(detect('h.mjs', [], 'nodejs')).toEqual({ kind: 'missing', text: 'h.mjs' });
    expect(detect('', [])).toEqual({ kind: 'none' });
    expect(detect(undefined, [])).toEqual({ kind: 'none' });
  });

  it('leaves C++ handlers to their own runtime', () => {
    expect(detect('libhandler:H', ['libhandler.so'], 'LSP')).toEqual({ kind: 'cpp', name: 'libhandler:H' });
  });
});

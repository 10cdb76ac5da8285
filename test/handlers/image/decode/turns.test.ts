import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../../src/handlers/image/decode/turns.ts';

/** Jobs that begin by themselves and end when told to. */
function setUp(atOnce: number) {
  const inTurn = createTurns(atOnce);
  const begun: string[] = [];
  const endings = new Map<string, (error?: Error) => void>();
  const add = (name: string) =>
    inTurn(async () => {
      begun.push(name);
      await new Promise<void>((resolve, reject) =>
        endings.set(name, (error) => (error === undefined ? resolve() : reject(error))),
      );
      return name;
    });
  return { add, begun, end: (name: string, error?: Error) => endings.get(name)?.(error) };
}

describe('createTurns', () => {
  it('runs as many jobs at once as allowed, and the others in order', async () => {
    const { add, begun, end } = setUp(2);
    const [first, second, third, fourth] = ['a', 'b', 'c', 'd'].map(add);
    expect(begun).toEqual(['a', 'b']);
    end('b');
    expect(await second).toBe('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    end('c');
    await third;
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    end('a');
    end('d');
    expect(await Promise.all([first, fourth])).toEqual(['a', 'd']);
  });

  it('continues after a failed job, and rejects that job only', async () => {
    const { add, begun, end } = setUp(1);
    const failing = add('a');
    const next = add('b');
    end('a', new Error('no image'));
    await expect(failing).rejects.toThrow('no image');
    expect(begun).toEqual(['a', 'b']);
    end('b');
    expect(await next).toBe('b');
  });

  it('is free again after all jobs have ended', async () => {
    const { add, begun, end } = setUp(1);
    for (const name of ['a', 'b']) {
      const running = add(name);
      expect(begun.at(-1)).toBe(name);
      end(name);
      await running;
    }
  });
});

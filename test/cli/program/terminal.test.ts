import { expect, test } from 'vitest';
import { columnsOf, showsUnicode, takesSpinner, wantsColor } from '../../../src/cli/program/terminal.ts';

const tty = { isTTY: true, columns: 120 };
const pipe = { isTTY: false, columns: undefined };

test.each([
  ['a terminal', {}, tty, true],
  ['a pipe', {}, pipe, false],
  ['NO_COLOR on a terminal', { NO_COLOR: '1' }, tty, false],
  ['an empty NO_COLOR', { NO_COLOR: '' }, tty, true],
  ['FORCE_COLOR in a pipe', { FORCE_COLOR: '' }, pipe, true],
  ['FORCE_COLOR=0 on a terminal', { FORCE_COLOR: '0' }, tty, false],
  ['a dumb terminal', { TERM: 'dumb' }, tty, false],
])('wantsColor with %s', (_, env, stream, wanted) => {
  expect(wantsColor(env, stream)).toBe(wanted);
});

test.each([
  [{}, true],
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'de_DE.ISO-8859-1' }, false],
  [{ TERM: 'linux', LANG: 'en_US.UTF-8' }, false],
])('showsUnicode with %j is %j', (env, shows) => {
  expect(showsUnicode(env)).toBe(shows);
});

test.each([
  [{ COLUMNS: '60' }, 60],
  [{ COLUMNS: 'wide' }, 120],
  [{}, 120],
])('columnsOf with %j is %i', (env, columns) => {
  expect(columnsOf(env, tty)).toBe(columns);
});

test.each([
  ['a terminal', {}, tty, true],
  ['a pipe', {}, pipe, false],
  ['a terminal of 0 columns', {}, { isTTY: true, columns: 0 }, false],
  ['a terminal of unknown width, whatever COLUMNS says', { COLUMNS: '80' }, { isTTY: true, columns: undefined }, false],
  ['a dumb terminal', { TERM: 'dumb' }, tty, false],
])('takesSpinner with %s', (_, env, stream, takes) => {
  expect(takesSpinner(env, stream)).toBe(takes);
});

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Files in other encodings, and what `name` is in them: undefined where CPython refuses the file. */
export const encodedPython: readonly {
  readonly about: string;
  readonly bytes: Buffer;
  readonly name: string | undefined;
}[] = [
  { about: 'UTF-8 that says nothing', bytes: Buffer.from('name = "é"\n'), name: 'é' },
  { about: 'a byte order mark', bytes: Buffer.from('\ufeffname = "é"\n'), name: 'é' },
  { about: 'Latin-1 in line 1', bytes: latin1('# -*- coding: latin-1 -*-\nname = "é"\n'), name: 'é' },
  {
    about: 'Latin-1 in line 2',
    bytes: latin1('#!/usr/bin/python3\n# vim: set fileencoding=latin-1 :\nname = "é"\n'),
    name: 'é',
  },
  { about: 'the ending of Emacs', bytes: latin1('# coding: iso-latin-1-unix\nname = "é"\n'), name: 'é' },
  { about: 'line ends of Windows', bytes: latin1('\r\n# coding=cp1252\r\nname = "é"\r\n'), name: 'é' },
  { about: 'a name with underscores', bytes: latin1('# coding: ISO_8859-15\nname = "\xa4"\n'), name: '€' },
  {
    about: 'KOI8-R',
    bytes: Buffer.concat([latin1('# coding: koi8-r\nname = "'), Buffer.from([0xd1]), latin1('"\n')]),
    name: 'я',
  },
  {
    about: 'Shift JIS',
    bytes: Buffer.concat([latin1('# coding: shift_jis\nname = "'), Buffer.from([0x82, 0xa0]), latin1('"\n')]),
    name: 'あ',
  },
  { about: 'Latin-1 that says nothing', bytes: latin1('name = "é"\n'), name: undefined },
  { about: 'a coding line behind code', bytes: latin1('import os\n# coding: latin-1\nname = "é"\n'), name: undefined },
  { about: 'a coding line in line 3', bytes: latin1('#\n#\n# coding: latin-1\nname = "é"\n'), name: undefined },
  { about: 'an encoding that nobody knows', bytes: latin1('# coding: klingon\nname = "e"\n'), name: undefined },
  {
    about: 'an encoding that cannot hold its own line',
    bytes: latin1('# coding: utf-16\nname = "e"\n'),
    name: undefined,
  },
];

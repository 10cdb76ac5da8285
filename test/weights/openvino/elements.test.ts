import { expect, test } from 'vitest';
import { eachTag } from '../../../src/weights/openvino/elements.ts';

test('tags are read in order, with their attributes and the text before them', () => {
  const tags = [...eachTag('<?xml version="1.0"?><!-- x --><a n="1 &lt; 2"><b/>text</a>')];
  expect(tags.map(({ name, kind, before }) => [name, kind, before])).toEqual([
    ['a', 'open', ''],
    ['b', 'empty', ''],
    ['a', 'close', 'text'],
  ]);
  expect(tags[0]?.attributes.get('n')).toBe('1 < 2');
});

test.each(['<!DOCTYPE a>', '<![CDATA[x]]>', '<a', '<a b=1>', '<!-- x'])('%s is refused', (text) => {
  expect(() => [...eachTag(text)]).toThrow(/malformed|does not end/);
});

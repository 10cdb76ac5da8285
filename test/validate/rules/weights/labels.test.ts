import { soundHandler, testRule, withOnnx } from '../../rule-cases.ts';

testRule('weights/labels', [
  { about: 'a list', expected: 'error', ...withOnnx({ 'index_to_name.json': '["cat"]' }) },
  {
    about: 'a name that is a number',
    expected: 'error',
    ...withOnnx({ 'index_to_name.json': '{"0": 7}' }),
    says: '"0"',
  },
  {
    about: 'keys beside the list of names',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"object_type_names": ["a", "b", "c"], "note": "x"}' }),
  },
  {
    about: 'a key for no class',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"-1": "nothing", "0": "cat"}' }),
  },
  {
    about: 'another form for a handler of its own',
    expected: 'warning',
    files: { ...soundHandler, 'index_to_name.json': '["cat"]' },
  },
  {
    about: 'names',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"0":"a","1":"b","2":"c"}' }),
  },
  {
    about: 'lists of names',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"0":["n1","a"],"1":["n2","b"],"2":["n3","c"]}' }),
  },
  {
    about: 'object_type_names',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"object_type_names":["a","b","c"]}' }),
  },
]);

import { builtin, testRule } from '../../rule-cases.ts';

testRule('weights/model-class', [
  {
    about: 'two classes',
    expected: 'error',
    ...builtin(
      { serializedFile: 'm.pth', modelFile: 'net.py' },
      { 'm.pth': 'x', 'net.py': 'class A: pass\nclass B: pass\n' },
    ),
    says: '(A, B)',
  },
  {
    about: 'one class',
    expected: 'none',
    ...builtin(
      { serializedFile: 'm.pth', modelFile: 'net.py' },
      { 'm.pth': 'x', 'net.py': 'import torch\nclass A(torch.nn.Module): pass\n' },
    ),
  },
]);

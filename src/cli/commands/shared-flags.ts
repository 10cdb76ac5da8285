import type { Flag } from '../program/flags.ts';

/** Flags of the commands that run a model. */
export const deviceFlag: Flag = {
  name: 'device',
  value: 'DEVICE',
  choices: ['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'],
  help: 'device that runs the model; auto takes the best available',
};

export const threadsFlag: Flag = { name: 'threads', value: 'N', help: 'threads of one operator in a worker' };

export const pythonFlag: Flag = {
  name: 'python',
  value: 'PATH',
  help: 'Python with torchserve, or a virtual environment, for Python archives (default: from the PATH)',
};

export const skipValidationFlag: Flag = {
  name: 'skip-validation',
  help: 'run archives that the rules of structure and safety refuse',
};

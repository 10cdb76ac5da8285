import { nearest } from '../../../core/nearest.ts';
import { describeKind, modelConfigKeys, torchrunKeys } from '../../../model/documents/model-config-keys.ts';
import type { ConfigReading } from '../../../model/facts.ts';
import { defineRule, type Observation } from '../../rule.ts';

export const configValues = defineRule({
  id: 'config/values',
  severity: 'warning',
  title: 'Known settings have values that are used',
  help: 'TorchServe ignores a setting of the wrong type with a line in its log, and coerces or ignores numbers out of range. minWorkers and maxWorkers count only together, minWorkers above 0 and not above maxWorkers.',
  async check(subject) {
    const config = await subject.config();
    if (config?.kind !== 'ok') return [];
    const { values, member, lineOf } = config;
    const wrong = Object.entries(values).flatMap(([key, value]): Observation[] => {
      const kind = Object.hasOwn(modelConfigKeys, key) ? modelConfigKeys[key] : undefined;
      if (!kind || kind.accepts(value)) return [];
      const message = `${key} is ${describeKind(value)}; expected ${kind.expected}. TorchServe goes by ${kind.otherwise}.`;
      return [
        {
          message,
          at: { member, pointer: `/${key}`, ...lineAt(lineOf(key)) },
          hint: 'Mend the value, or leave the key out.',
        },
      ];
    });
    return [...wrong, ...findTorchrun(config), ...findWorkers(config)];
  },
});

type ReadableConfig = ConfigReading & { kind: 'ok' };

function findTorchrun({ values, member, lineOf }: ReadableConfig): Observation[] {
  const { torchrun } = values;
  if (typeof torchrun !== 'object' || torchrun === null || Array.isArray(torchrun)) return [];
  return Object.keys(torchrun)
    .filter((key) => !torchrunKeys.includes(key))
    .map((key) => {
      const meant = nearest(key, torchrunKeys);
      return {
        message: `torchrun has the unknown key ${JSON.stringify(key)}.`,
        at: { member, pointer: `/torchrun/${key}`, ...lineAt(lineOf('torchrun')) },
        hint: meant ? `Did you mean ${meant}?` : `Known are ${torchrunKeys.join(', ')}.`,
      };
    });
}

function findWorkers({ values: { minWorkers, maxWorkers }, member, lineOf }: ReadableConfig): Observation[] {
  const at = { member, pointer: '/minWorkers', ...lineAt(lineOf('minWorkers') ?? lineOf('maxWorkers')) };
  if (typeof minWorkers === 'number' && typeof maxWorkers === 'number' && minWorkers > maxWorkers) {
    return [
      {
        message: `minWorkers (${minWorkers}) is above maxWorkers (${maxWorkers}); both are ignored.`,
        at,
        hint: 'Swap or equal them.',
      },
    ];
  }
  if ((minWorkers === undefined) === (maxWorkers === undefined)) return [];
  const [set, unset] = minWorkers === undefined ? ['maxWorkers', 'minWorkers'] : ['minWorkers', 'maxWorkers'];
  return [{ message: `${set} is set without ${unset}; TorchServe ignores it.`, at, hint: `Set ${unset} too.` }];
}

export const configUnknown = defineRule({
  id: 'config/unknown',
  severity: 'warning',
  title: 'No setting is misspelt',
  help: 'Keys that TorchServe does not know are left to the handler, so a typing error changes nothing and says nothing. Only keys that are very near to a known one are reported.',
  async check(subject) {
    const config = await subject.config();
    if (config?.kind !== 'ok') return [];
    const known = Object.keys(modelConfigKeys);
    return Object.keys(config.values).flatMap((key): Observation[] => {
      const meant = Object.hasOwn(modelConfigKeys, key) ? undefined : nearest(key, known);
      if (!meant) return [];
      const at = { member: config.member, pointer: `/${key}`, ...lineAt(config.lineOf(key)) };
      return [
        { message: `${JSON.stringify(key)} is no setting that TorchServe knows.`, at, hint: `Did you mean ${meant}?` },
      ];
    });
  },
});

function lineAt(line: number | undefined): { line?: number } {
  return line === undefined ? {} : { line };
}

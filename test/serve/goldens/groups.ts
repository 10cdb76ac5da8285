import type { ServeOptions } from '../../../src/commands/serve/serve.ts';

/** Three listeners: equal addresses would share one, so "any free port" is written in three ways. */
export const addresses: ServeOptions = {
  inferenceAddress: 'http://127.0.0.1:0',
  managementAddress: 'http://localhost:0',
  metricsAddress: 'http://LOCALHOST:0',
};

/** How each group's server was started (see the recording's README). */
export const groups = {
  main: { enableModelApi: true, allowedUrls: 'file://.*|http(s)?://.*' },
  defaults: { models: ['noop.mar', 'mnist=mnist.mar'], metricsMode: 'log' },
  token: { models: ['noop.mar'], enableModelApi: true, tokenAuth: true },
  'envelope-kserve': { models: ['linear_base.mar', 'mnist.mar'], serviceEnvelope: 'kserve' },
  'envelope-kservev2': { models: ['linear_base.mar', 'mnist.mar'], serviceEnvelope: 'kservev2' },
} as const satisfies Readonly<Record<string, ServeOptions>>;

export type Group = keyof typeof groups;

/** Models that an exchange made and its recording removed again, unrecorded. */
export const REMOVED_AFTERWARDS = ['/models/noop', '/models/bad%20name!'];

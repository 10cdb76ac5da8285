/**
 * Keys of TorchServe's config.properties (contract 4.1) that this server ignores, each with the reason. A test holds these
 * and the keys of `server-config.ts` against the whole table of the contract.
 */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'there is no Java': [
    'number_of_netty_threads',
    'netty_client_threads',
    'prefer_direct_buffer',
    'use_native_io',
    'io_ratio',
    'async_logging',
    'vmargs',
    'plugins_path',
  ],
  'the metrics of the machine are read without a program': ['system_metrics_cmd'],
  'processes of a worker have sockets, and no ports': ['initial_distribution_port'],
  'processors are chosen with --device and --threads': [
    'ipex_enable',
    'ipex_gpu_enable',
    'cpu_launcher_enable',
    'cpu_launcher_args',
  ],
  'there are no C++ workers': ['cpp_log_config'],
  'TorchServe is found through the Python that runs the model': ['model_server_home'],
  'TorchServe itself ignores it': ['debug', 'version', 'tsConfigFile', 'snapshot_store'],
};

/** Key → why it is ignored. */
export const ignoredKeys: ReadonlyMap<string, string> = new Map(
  Object.entries(reasons).flatMap(([reason, keys]) => keys.map((key) => [key, reason])),
);

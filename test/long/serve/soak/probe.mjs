// Loaded into the server before it starts: tells what only the process itself can know, when it is asked over its IPC channel.
const warnings = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

process.on('message', () => {
  globalThis.gc();
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length;
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  const { heapUsed, external } = process.memoryUsage();
  process.send({ reachableBytes: heapUsed + external, timers, listeners, warnings });
});
// The server ends when it would end without this file.
process.channel?.unref();

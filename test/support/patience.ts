/** Milliseconds: what hangs is ended by these, in every suite; nothing that works comes near them, not even on a machine that does ten other things. */
export const patience = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
};

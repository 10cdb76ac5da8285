/** The judge of what may run. The rules are loaded when the first archive is judged; a server without models needs none. */
export function createAdmission(skipValidation: boolean): (path: string) => Promise<void> {
  return async (path) => {
    if (skipValidation) return;
    const { admit } = await import('./admit.ts');
    await admit(path);
  };
}

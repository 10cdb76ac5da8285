/** Admission: decides which archives may run. Rules are loaded with the first archive. */
export function createAdmission(skipValidation: boolean): (path: string) => Promise<void> {
  return async (path) => {
    if (skipValidation) return;
    const { admit } = await import('./admit.ts');
    await admit(path);
  };
}

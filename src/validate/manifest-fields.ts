/** Fields of the manifest's `model` that name a member. */
export const fileFields = ['serializedFile', 'modelFile', 'requirementsFile', 'configFile'] as const;

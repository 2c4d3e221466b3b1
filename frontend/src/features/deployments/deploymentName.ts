const LONGEST = 63;

/** A model's name as a deployment may be called: lower-case letters, digits and dashes. */
export function deploymentName(modelName: string): string {
  const dashed = modelName.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return dashed.slice(0, LONGEST).replace(/^-+|-+$/g, '');
}

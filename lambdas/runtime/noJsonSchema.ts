/**
 * Stands in for zod's JSON Schema generator in the bundles. The API's description is generated when Countersign is built; in
 * a function the generator would be 18 kB that nothing calls.
 */
function refuse(): never {
  throw new TypeError('JSON Schemas are generated at build time, not in a function.');
}

export const createToJSONSchemaMethod = () => refuse;
export const createStandardJSONSchemaMethod = () => refuse;

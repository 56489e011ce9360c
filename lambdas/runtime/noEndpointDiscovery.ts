/**
 * Stands in for the DynamoDB client's endpoint cache in the bundles. Endpoint discovery is off unless somebody turns it on,
 * and nobody here does; the cache and its data structures would be 8 kB of every function. A class, because the SDK says
 * `new`.
 */
export class EndpointCache {}

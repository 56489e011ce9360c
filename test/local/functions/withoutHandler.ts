export const main = (): undefined => undefined;

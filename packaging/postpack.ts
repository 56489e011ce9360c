import { putBack } from './checkout.ts';

// What `npm pack` runs last, and before all else.
await putBack();

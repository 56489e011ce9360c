import type { CatalogueFinding } from '../../domain/catalogueFinding.ts';
import type { PlacedFault } from './fault.ts';

/** What a deploy lets through and nobody should overlook, where it stands. */
export interface ConfigurationFinding extends PlacedFault, Pick<CatalogueFinding, 'severity'> {}

import type { Settings } from '../settings/settings.js';
import type { World } from '../world.js';
import type { Invocation } from './given-options.js';
import type { OutputOptions } from './output-options.js';
import type { ParsedRequest } from './request.js';

/** What an invocation is carried out with. Its words have become the request. */
export interface Context extends Omit<Invocation, 'words'> {
  readonly world: World;
  readonly output: OutputOptions;
  readonly settings: Settings;
  readonly request: ParsedRequest;
}

import type { Settings } from '../settings/settings.js';
import type { World } from '../world.js';
import type { Invocation } from './program.js';
import type { ParsedRequest } from './request.js';
import type { Voice } from './voice.js';

/** What an invocation is carried out with. Its words have become the request. */
export interface Scene extends Omit<Invocation, 'words'> {
  readonly world: World;
  readonly voice: Voice;
  readonly settings: Settings;
  readonly request: ParsedRequest;
}

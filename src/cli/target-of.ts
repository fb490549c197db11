import { addressOf, type Named } from './address.js';
import type { Context } from './context.js';
import { textOption, usageError } from './given-options.js';
import { type OpenedStage, open } from './open.js';
import { tellNotices } from './tell.js';

/** The stage named by TARGET, by --id, or by the AWS CLI's options. */
export const targetOf = async (word: string | undefined, context: Context): Promise<Named> => {
  const id = 'undoes' in context.command ? textOption(context, 'id') : undefined;
  if (id !== undefined && word === undefined) return (await import('./journal.js')).stageOfEdit(id, context);
  const [restApiId, stageName] = [textOption(context, 'rest-api-id'), textOption(context, 'stage-name')];
  // Each needs the other.
  if (restApiId === undefined || stageName === undefined) return word;
  if (word === undefined) return { restApiId, stageName };
  // With a file as TARGET, an AWS CLI command line can be tried unchanged.
  if ('standsIn' in context.command && (await addressOf(word, context)).kind !== 'live') return word;
  throw usageError(`--rest-api-id and --stage-name are used instead of TARGET; got ${word} too.`);
};

/** Opens the named stage for reading. */
export const openToRead = async (word: string | undefined, context: Context): Promise<OpenedStage> => {
  const opened = await open(await targetOf(word, context), context);
  tellNotices(opened.notices, context);
  return opened;
};

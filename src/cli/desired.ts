/** Reads `--file`: the document that describes the desired stage. */
import { resolve } from 'node:path';
import type { Desired } from '../stage/desired.js';
import { isRegularFile } from '../targets/file.js';
import type { Context } from './context.js';
import { splitAssignment, textOption, textOptions, usageError } from './given-options.js';
import { textsOf } from './texts.js';

/** Splits `FILE#NAME`, unless a file has the whole word as its name. */
export const splitName = (word: string, { world }: Context): { readonly path: string; readonly name?: string } => {
  const given = word.replace(/^file:\/\//, '');
  const at = given.indexOf('#');
  if (at <= 0 || isRegularFile(resolve(world.cwd, given))) return { path: given };
  return { path: given.slice(0, at), name: given.slice(at + 1) };
};

export const parametersOf = (context: Context): Readonly<Record<string, string>> =>
  Object.fromEntries(
    textOptions(context, 'parameter').map((item) => {
      const [name, value] = splitAssignment(item);
      if (name === '' || value === undefined) throw usageError(`--parameter: expected NAME=VALUE, got ${item}.`);
      return [name, value];
    }),
  );

/** The desired stage from `--file`; undefined without `--file`. */
export const desiredFor = async (context: Context): Promise<Desired | undefined> => {
  const word = textOption(context, 'file');
  if (word === undefined) return undefined;
  const texts = textsOf(context.world);
  const { path, name } = splitName(word, context);
  const isStdin = path === '-';
  if (isStdin && context.request.targets.includes('-'))
    throw usageError('only one argument can read standard input; got -, --file -');
  const text = isStdin ? await texts.readStdin() : texts.readFile(path);
  const { readDesired } = await import('../documents/desired.js');
  const parameters = parametersOf(context);
  return readDesired(text, {
    label: isStdin ? 'standard input' : path,
    parameters,
    ...(name !== undefined && { name }),
  });
};

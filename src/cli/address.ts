/** Which stage a word means. */

import { resolve } from 'node:path';
import { findProtected } from '../settings/protection.js';
import type { Settings, StageEntry } from '../settings/settings.js';
import { nearestWord } from '../settings/spelling.js';
import { type FailureKind, StageError } from '../stage/problem.js';
import { adviseWord } from './advice.js';

export interface Address {
  /** The path of a stage file, or `-`. */
  readonly file: string;
  /** What reports call it. */
  readonly label: string;
  /** Said behind the label, where the word was left out. */
  readonly from?: string;
  /** The entry of the configuration that protects it, under whatever name. */
  readonly protectedBy?: string;
}

interface Surroundings {
  readonly settings: Settings;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const refuse = (kind: FailureKind, message: string): StageError => new StageError(kind, [{ code: 'target', message }]);

const isPath = (word: string): boolean => /^[./~]/.test(word) || word.endsWith('.json');

const isLive = (word: string): boolean => /^name:|^arn:|^https?:|\//.test(word);

const live = (word: string): StageError =>
  refuse(
    'usage',
    `${word} names a live stage, which this version of stage cannot edit yet. Take it into a file with ` +
      'aws apigateway get-stage, edit that, and print the call with -o aws-cli.',
  );

const fileOf = (word: string, { cwd, env }: Surroundings): string => {
  if (!word.startsWith('~')) return word;
  if (word !== '~' && !word.startsWith('~/'))
    throw refuse('usage', `${word}: only ~/ is read as a home folder; write the path in full.`);
  return resolve(env['HOME'] ?? cwd, `.${word.slice(1)}`);
};

const atFile = (file: string, label: string, { settings, cwd }: Surroundings): Address => {
  const guard = findProtected(settings.stages, { file: resolve(cwd, file) });
  return { file, label, ...(guard && { protectedBy: guard.name }) };
};

const atEntry = (entry: StageEntry, surroundings: Surroundings): Address => {
  if ('file' in entry) return atFile(entry.file, entry.name, surroundings);
  throw live(`${entry.name} (${entry.restApiId}/${entry.stageName})`);
};

const unknownName = (word: string, { settings }: Surroundings): StageError => {
  const names = [...settings.stages.keys()];
  const near = nearestWord(word, names);
  const known = names.length === 0 ? 'no stage is named in a .stagerc here' : `.stagerc names ${names.join(', ')}`;
  const advice = adviseWord(word) ?? (near ? `Did you mean ${near}?` : `For a file, write ./${word} or ${word}.json.`);
  return refuse('usage', `There is no stage called ${word}: ${known}. ${advice}`);
};

const atWord = (word: string, surroundings: Surroundings): Address => {
  if (word === '-') return { file: '-', label: '-' };
  if (word.startsWith('file:')) {
    const path = word.slice('file:'.length);
    if (path === '') throw refuse('usage', 'file: needs a path behind it.');
    return atFile(path, path, surroundings);
  }
  const entry = surroundings.settings.stages.get(word);
  if (entry) return atEntry(entry, surroundings);
  if (isPath(word)) return atFile(fileOf(word, surroundings), word, surroundings);
  throw isLive(word) ? live(word) : unknownName(word, surroundings);
};

/** What a word means that is written in another folder. */
const atBase = (word: string, base: string, surroundings: Surroundings): Address => {
  const address = atWord(word, { ...surroundings, cwd: base });
  if (address.file === '-' || base === surroundings.cwd) return address;
  const file = resolve(base, address.file);
  return { ...address, file, label: surroundings.settings.stages.has(word) ? word : file };
};

const atDefault = (surroundings: Surroundings): Address => {
  const { settings } = surroundings;
  if (settings.default === undefined) {
    throw refuse(
      'usage',
      'Which stage? Name a stage file (prod.json), - for standard input, or set a default in .stagerc.',
    );
  }
  const { value, from, base } = settings.default;
  const address = atBase(value, base, surroundings);
  if (address.protectedBy !== undefined) {
    throw refuse(
      'config',
      `The default stage is ${address.protectedBy}, which is protected; a protected stage has to be named.`,
    );
  }
  return { ...address, from: from === 'environment' ? ' (STAGE_DEFAULT)' : ' (the default of .stagerc)' };
};

/** The stage that a word means, or where there is none the default. Throws where it means none that can be reached. */
export const addressOf = (word: string | undefined, surroundings: Surroundings): Address =>
  word === undefined ? atDefault(surroundings) : atWord(word, surroundings);

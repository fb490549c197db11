/** How a stage of API Gateway is named. */

import type { LiveEntry } from '../settings/settings.js';
import { failure, type StageError } from '../stage/problem.js';
import { stageNamePattern } from '../stage/stage.js';

/** A stage of API Gateway, by the id of its API or by the API's name. */
export interface LivePlace {
  readonly api: { readonly id: string } | { readonly name: string };
  readonly stageName: string;
  /** From the address or the configuration; options and the environment are looked at later. */
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

/** A stage by its ids, as the AWS CLI's options give them. */
export interface AwsNames {
  readonly restApiId: string;
  readonly stageName: string;
}

export interface LiveAddress {
  readonly kind: 'live';
  /** What reports call it. */
  readonly label: string;
  readonly live: LivePlace;
}

export const targetError = (message: string): StageError => failure('usage', 'target', message);

const atLive = (live: LivePlace, label: string): LiveAddress => ({ kind: 'live', live, label });

const emptyId = 'the API id is empty (unset shell variable?).';
const nameExpected = 'expected letters, digits, _ and -';
const idExpected = 'ten lower-case letters and digits';

// A host name has no upper case.
const checkId = (id: string, word: string): void => {
  if (/^(|null|none|undefined)$/i.test(id)) throw targetError(`${word}: ${emptyId}`);
};

/** The id of an API that AWS has made. */
export const idPattern = '[a-z0-9]{10}';
export const isId = (id: string): boolean => new RegExp(`^${idPattern}$`).test(id);
/** Elsewhere an API may have any id that fits into a path. */
const isIdAt = (isElsewhere: boolean, id: string): boolean => (isElsewhere ? /^(?!\.+$)[\w.-]+$/.test(id) : isId(id));
const isStageName = (name: string): boolean => new RegExp(`^${stageNamePattern}$`).test(name);

const invokeUrl = new RegExp(
  `^https://(?<id>[a-z0-9]+)(?:-vpce-[a-z0-9]+)?\\.execute-api\\.(?<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?<stage>${stageNamePattern})(?:[/?#]|$)`,
);
const stageArn = new RegExp(
  `^arn:aws[a-z-]*:apigateway:(?<region>[a-z0-9-]+):\\d*:/restapis/(?<id>[A-Za-z0-9]+)/stages/(?<stage>${stageNamePattern})$`,
);

const atMatch = (pattern: RegExp, text: string, word: string, expected: string): LiveAddress => {
  const { id, region, stage } = pattern.exec(text)?.groups ?? {};
  if (id === undefined || region === undefined || stage === undefined)
    throw targetError(`${word}: expected ${expected}.`);
  checkId(id, word);
  return atLive({ api: { id }, stageName: stage, region }, `${id}/${stage}`);
};

const urlExpected = 'an invoke URL, such as https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod';
const arnExpected = 'the ARN of a stage, arn:aws:apigateway:REGION::/restapis/API/stages/STAGE';

// A host may be written in any case, the name of a stage may not.
export const atUrl = (word: string): LiveAddress =>
  atMatch(
    invokeUrl,
    word.replace(/^[^/]*\/\/[^/]*/, (host) => host.toLowerCase()),
    word,
    urlExpected,
  );

export const atArn = (word: string): LiveAddress => atMatch(stageArn, word, word, arnExpected);

export const atApiName = (word: string): LiveAddress => {
  const [, name, stage] = /^name:(.+)\/(.+)$/s.exec(word) ?? [];
  if (name === undefined || stage === undefined)
    throw targetError(`${word}: expected name:API/STAGE, such as name:orders-api/prod.`);
  if (!isStageName(stage)) throw targetError(`${word}: ${nameExpected} after the last slash, got ${stage}.`);
  return atLive({ api: { name }, stageName: stage }, word);
};

export const atApiAndStage = (word: string, isElsewhere: boolean): LiveAddress => {
  const [id = '', stage = '', ...more] = word.split('/');
  checkId(id, word);
  const isStage = more.length === 0 && isStageName(stage);
  if (isStage && isIdAt(isElsewhere, id)) return atLive({ api: { id }, stageName: stage }, word);
  if (isId(id)) {
    const file = more.join('') === '' ? '' : ` For a file of that name, write ./${word}.`;
    throw targetError(`${word}: expected API/STAGE, such as ${id}/${isStageName(stage) ? stage : 'prod'}.${file}`);
  }
  if (word.endsWith('/')) throw targetError(`${word} ends in a slash; expected a file or API/STAGE.`);
  throw targetError(
    `${word} is not an API/STAGE: an API's id is ${idExpected}. For a stage file, write ${word}.json or ./${word}; for an API by its ` +
      `name, name:${word}.`,
  );
};

/** Which of the names is wrong, and how. */
const wrongName = (
  { restApiId: id, stageName }: AwsNames,
  isElsewhere: boolean,
): [keyof AwsNames, string] | undefined => {
  if (/^(|null|none|undefined)$/i.test(id)) return ['restApiId', ` ${id}: ${emptyId}`];
  const ids = isElsewhere ? 'letters, digits, _, . and -' : idExpected;
  if (!isIdAt(isElsewhere, id)) return ['restApiId', `: expected ${ids}, got ${id}.`];
  return isStageName(stageName) ? undefined : ['stageName', `: ${nameExpected}, got ${stageName}.`];
};

export const atIds = (names: AwsNames, isElsewhere: boolean): LiveAddress => {
  const [name, problem] = wrongName(names, isElsewhere) ?? [];
  if (name !== undefined) throw targetError(`${name === 'restApiId' ? '--rest-api-id' : '--stage-name'}${problem}`);
  const { restApiId: id, stageName } = names;
  return atLive({ api: { id }, stageName }, `${id}/${stageName}`);
};

/** An entry of a configuration: `source` says where it stands. */
export const atLiveEntry = (entry: LiveEntry & { readonly name: string }, source: string): LiveAddress => {
  const { name, restApiId: id, stageName, ...reach } = entry;
  // The endpoint may be named elsewhere.
  const [member, problem] = wrongName(entry, true) ?? [];
  if (member !== undefined) throw failure('config', 'target', `${source}.${member}${problem}`);
  const { region, profile, endpointUrl } = reach;
  const known = { ...(region && { region }), ...(profile && { profile }), ...(endpointUrl && { endpointUrl }) };
  return atLive({ api: { id }, stageName, ...known }, name);
};

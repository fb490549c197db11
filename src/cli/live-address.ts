/** Which live stage a word means. Who edits a file does not load it. */
import type { LiveEntry } from '../settings/settings.js';
import { failure } from '../stage/problem.js';
import { stageNamePattern } from '../stage/stage.js';
import { type Address, type AwsNames, idPattern, type LivePlace, type Surroundings, targetError } from './address.js';

const atLive = (live: LivePlace, label: string): Address => ({ kind: 'live', live, label });

const emptyId = 'the API id is empty. An unset shell variable, or a query without an answer, looks like this.';
const stageNameExpected = 'expected letters, digits, _ and -';

/** In any case of letters: the host of an invoke URL has none. */
const isEmptyId = (id: string): boolean => /^(|null|none|undefined)$/i.test(id);
const expectId = (id: string, word: string): void => {
  if (isEmptyId(id)) throw targetError(`${word}: ${emptyId}`);
};
export const isId = (id: string): boolean => new RegExp(`^${idPattern}$`).test(id);
/** Elsewhere an API may have another id than AWS gives, as long as it is a part of a path. */
const isIdAt = (isElsewhere: boolean, id: string): boolean => (isElsewhere ? /^(?!\.+$)[\w.-]+$/.test(id) : isId(id));
const isStageName = (name: string): boolean => new RegExp(`^${stageNamePattern}$`).test(name);

const invokeUrl = new RegExp(
  `^https://([a-z0-9]+)(?:-vpce-[a-z0-9]+)?\\.execute-api\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(${stageNamePattern})(?:[/?#]|$)`,
);
const stageArn = new RegExp(
  `^arn:aws[a-z-]*:apigateway:([a-z0-9-]+):\\d*:/restapis/([A-Za-z0-9]+)/stages/(${stageNamePattern})$`,
);

export const atUrl = (word: string): Address => {
  // A host may be written in any case, the name of a stage not.
  const [, id, region, stage] = invokeUrl.exec(word.replace(/^[^/]*\/\/[^/]*/, (host) => host.toLowerCase())) ?? [];
  if (id === undefined || region === undefined || stage === undefined) {
    throw targetError(
      `${word}: expected an invoke URL, such as https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod.`,
    );
  }
  expectId(id, word);
  return atLive({ api: { id }, stageName: stage, region }, `${id}/${stage}`);
};

export const atArn = (word: string): Address => {
  const [, region, id, stage] = stageArn.exec(word) ?? [];
  if (id === undefined || region === undefined || stage === undefined) {
    throw targetError(`${word}: expected the ARN of a stage, arn:aws:apigateway:REGION::/restapis/API/stages/STAGE.`);
  }
  expectId(id, word);
  return atLive({ api: { id }, stageName: stage, region }, `${id}/${stage}`);
};

export const atApiName = (word: string): Address => {
  const slash = word.lastIndexOf('/');
  const [name, stage] = [word.slice('name:'.length, slash), word.slice(slash + 1)];
  if (slash <= 'name:'.length || stage === '')
    throw targetError(`${word}: expected name:API/STAGE, such as name:orders-api/prod.`);
  if (!isStageName(stage)) throw targetError(`${word}: ${stageNameExpected} behind the last slash, came ${stage}.`);
  return atLive({ api: { name }, stageName: stage }, word);
};

export const atApiAndStage = (word: string, { isElsewhere }: Surroundings): Address => {
  const [id = '', stage = '', ...more] = word.split('/');
  expectId(id, word);
  const isStage = more.length === 0 && isStageName(stage);
  if (isStage && isIdAt(isElsewhere, id)) return atLive({ api: { id }, stageName: stage }, word);
  if (isId(id)) {
    const file = more.join('') === '' ? '' : ` A file that is called so is ./${word}.`;
    throw targetError(`${word}: expected API/STAGE, such as ${id}/${isStageName(stage) ? stage : 'prod'}.${file}`);
  }
  if (word.endsWith('/'))
    throw targetError(`${word} ends in a slash: a file has none there, and API/STAGE a name behind it.`);
  throw targetError(
    `${word} is no API/STAGE: an API's id is ten lower-case letters and digits. Did you mean name:${word}? A stage ` +
      `file is ./${word} or ${word}.json.`,
  );
};

/** Which of the names is wrong, and what is said behind it. */
const namesProblem = (
  { restApiId: id, stageName }: AwsNames,
  isElsewhere: boolean,
): [keyof AwsNames, string] | undefined => {
  if (isEmptyId(id)) return ['restApiId', ` ${id}: ${emptyId}`];
  const ids = isElsewhere ? 'letters, digits, _, . and -' : 'ten lower-case letters and digits';
  if (!isIdAt(isElsewhere, id)) return ['restApiId', `: expected ${ids}, came ${id}.`];
  return isStageName(stageName) ? undefined : ['stageName', `: ${stageNameExpected}, came ${stageName}.`];
};

const nameFlags = { restApiId: '--rest-api-id', stageName: '--stage-name' } as const;

export const atIds = (names: AwsNames, { isElsewhere }: Surroundings): Address => {
  const [name, problem] = namesProblem(names, isElsewhere) ?? [];
  if (name !== undefined) throw targetError(`${nameFlags[name]}${problem}`);
  const { restApiId: id, stageName } = names;
  return atLive({ api: { id }, stageName }, `${id}/${stageName}`);
};

/** An entry of a configuration: `source` says where it stands. */
export const atLiveEntry = (entry: LiveEntry & { readonly name: string }, source: string): Address => {
  const { name, restApiId, stageName, region, profile, endpointUrl } = entry;
  // Who writes it down may do so for an endpoint that is named elsewhere.
  const [member, problem] = namesProblem(entry, true) ?? [];
  if (member !== undefined) throw failure('config', 'target', `${source}.${member}${problem}`);
  const reach = { ...(region && { region }), ...(profile && { profile }), ...(endpointUrl && { endpointUrl }) };
  return atLive({ api: { id: restApiId }, stageName, ...reach }, name);
};

/** What people type when they mean something else: answered by meaning first, then by spelling. */

import type { AnyCommand, CommandOption } from '../commands/command.js';
import { isOfSet, settingOptions, takesName } from '../commands/options.js';
import { nearMiss } from '../stage/near-miss.js';
import { isKeyed } from '../stage/place.js';
import { everyMethod, type Property, properties } from '../stage/properties.js';
import { stageShape } from '../stage/stage.js';
import { quoteShell } from '../text/quote-shell.js';
import { nearestWord } from '../text/spelling.js';

const verbs: Readonly<Record<string, string>> = {
  promote: 'promote-canary',
  'canary-promote': 'promote-canary',
  'promote-stage': 'promote-canary',
  show: 'get',
  describe: 'get',
  cat: 'get',
  view: 'get',
  read: 'get',
  print: 'get',
  'get-stage': 'get',
  ls: 'list',
  stages: 'list',
  'get-stages': 'list',
  'get-rest-apis': 'list',
  server: 'serve',
  start: 'serve',
  update: 'set',
  edit: 'set',
  put: 'set',
  change: 'set',
  add: 'set',
  enable: 'set',
  disable: 'unset',
  'update-stage': 'patch',
  apply: 'patch',
  delete: 'unset',
  remove: 'unset',
  rm: 'unset',
  clear: 'unset',
  reset: 'unset',
  cp: 'copy',
  clone: 'copy',
  sync: 'copy',
  doc: 'explain',
  docs: 'explain',
  info: 'explain',
  man: 'explain',
};

const verbSentences: Readonly<Record<string, string>> = {
  rollback:
    'A canary is thrown away with stage unset TARGET --canary. To take an edit back, apply the inverse that -o json prints with ' +
    'stage patch TARGET --patch-operations.',
  undo: 'To take an edit back, apply the inverse that -o json prints with stage patch TARGET --patch-operations.',
  diff: 'To see what an edit would change, use --dry-run; to compare two stages, stage copy SOURCE TARGET --all --dry-run.',
  canary:
    'A canary is made by stage set TARGET --canary-percent-traffic NUMBER, promoted by stage promote-canary TARGET, and ended by ' +
    'stage unset TARGET --canary.',
  validate:
    'To see whether an edit would be taken, use --dry-run; stage get TARGET says what is wrong with a stage file.',
  version: 'stage --version shows the version.',
  deploy: 'A deployment is made by aws apigateway create-deployment.',
};

const options: Readonly<Record<string, string>> = {
  'rate-limit': 'throttling-rate-limit',
  rate: 'throttling-rate-limit',
  throttle: 'throttling-rate-limit',
  throttling: 'throttling-rate-limit',
  'burst-limit': 'throttling-burst-limit',
  burst: 'throttling-burst-limit',
  'canary-percent': 'canary-percent-traffic',
  'percent-traffic': 'canary-percent-traffic',
  percent: 'canary-percent-traffic',
  traffic: 'canary-percent-traffic',
  'canary-deployment': 'canary-deployment-id',
  deployment: 'deployment-id',
  'canary-var': 'canary-variable',
  'canary-variables': 'canary-variable',
  'stage-variable': 'variable',
  'stage-variables': 'variables',
  vars: 'variables',
  variables: 'all-variables',
  env: 'variable',
  tracing: 'tracing-enabled',
  xray: 'tracing-enabled',
  'x-ray': 'tracing-enabled',
  metrics: 'metrics-enabled',
  'log-level': 'logging-level',
  loglevel: 'logging-level',
  logging: 'logging-level',
  'data-trace': 'data-trace-enabled',
  caching: 'caching-enabled',
  'cache-ttl': 'cache-ttl-in-seconds',
  ttl: 'cache-ttl-in-seconds',
  'cache-enabled': 'cache-cluster-enabled',
  'cache-cluster': 'cache-cluster-enabled',
  cache: 'cache-cluster-enabled',
  end: 'end-canary',
  'cache-size': 'cache-cluster-size',
  certificate: 'client-certificate-id',
  'certificate-id': 'client-certificate-id',
  'doc-version': 'documentation-version',
  'log-destination': 'access-log-destination-arn',
  'destination-arn': 'access-log-destination-arn',
  'log-format': 'access-log-format',
  'log-group': 'access-log-destination-arn',
  path: 'method',
  resource: 'method',
  endpoint: 'method',
  dryrun: 'dry-run',
  'what-if': 'dry-run',
  check: 'dry-run',
  json: 'output json',
  format: 'output',
  silent: 'quiet',
  'expect-deployment-id': 'expect-canary-deployment-id',
  'patch-operation': 'patch-operations',
  operations: 'patch-operations',
};

const tagging =
  'Tags are set by aws apigateway tag-resource --resource-arn arn:aws:apigateway:REGION::/restapis/API/stages/STAGE ' +
  '--tags NAME=VALUE, and removed by aws apigateway untag-resource.';

const endingCanary =
  'A canary is ended by stage unset TARGET --canary, and once it is promoted by stage promote-canary TARGET --end-canary.';

const variablesFile = 'Several variables come from a file with stage set TARGET --variables file://FILE.';

const flagSentences: Readonly<Record<string, string>> = {
  'delete-canary': endingCanary,
  'remove-canary': endingCanary,
  'var-file': variablesFile,
  'variables-file': variablesFile,
  tag: tagging,
  tags: tagging,
  'no-tag': tagging,
  query: 'The stage comes as JSON: pipe it to jq, or read one property with stage get.',
  'cli-input-json':
    'Give the operations as --patch-operations file://FILE, which takes {"patchOperations": [...]} too.',
  'cli-input-yaml': 'Give the operations as JSON, with --patch-operations file://FILE.',
};

// What nobody should be led to do by a slip.
const neverSuggested: readonly string[] = ['yes', 'force'];

const byMeaning = (word: string, meanings: Readonly<Record<string, string>>): string | undefined =>
  Object.hasOwn(meanings, word) ? meanings[word] : undefined;

const byPrefix = (word: string, words: readonly string[]): string | undefined => {
  const longer = words.filter((known) => word.length > 2 && known.startsWith(word));
  return longer.length === 1 ? longer[0] : undefined;
};

const meant = (
  word: string,
  known: readonly string[],
  meanings: Readonly<Record<string, string>>,
): string | undefined => {
  const isKnown = (meaning: string | undefined): meaning is string => known.includes(meaning?.split(' ')[0] ?? '');
  const meaning = byMeaning(word, meanings);
  if (isKnown(meaning)) return meaning;
  const synonyms = Object.keys(meanings).filter((synonym) => isKnown(meanings[synonym]));
  const near = byPrefix(word, known) ?? nearestWord(word, [...known, ...synonyms]);
  return near === undefined || known.includes(near) ? near : meanings[near];
};

export const adviseVerb = (word: string, known: readonly string[]): string => {
  const sentence = byMeaning(word.toLowerCase(), verbSentences);
  if (sentence) return sentence;
  const verb = meant(word.toLowerCase(), known, verbs);
  return verb ? `Did you mean stage ${verb}?` : `The verbs are ${known.join(', ')}; stage --help describes them.`;
};

/** Properties whose flag, last name or path is the word: what somebody means who writes `percentTraffic`. */
export const propertiesCalled = (word: string): readonly Property[] =>
  properties.filter(({ field, flag, path }) => [field, path].includes(word) || flag === word.replace(/^--/, ''));

/** The same by what flags are called otherwise: `rateLimit`, `xray`. */
const propertiesMeant = (word: string): readonly Property[] => {
  const called = propertiesCalled(word);
  const flag = byMeaning(
    word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    options,
  );
  return called.length > 0 || flag === undefined ? called : propertiesCalled(`--${flag}`);
};

/** The name of a property as it can be pasted: with a key, or with what shows that one belongs there. */
const pasteable = ({ name }: Property, key?: string): string =>
  name.replace('{name}', () => key ?? 'NAME').replace('{method}', () => key ?? everyMethod);

/** How a verb names what others have a flag for. `value` stands behind that flag. */
const adviseOtherwise = (
  property: Property,
  value: string | undefined,
  { name, words }: AnyCommand,
): string | undefined => {
  if (words === 'names') return `Did you mean stage ${name} ${property.name}?`;
  const key = property.field.startsWith('{') ? value?.replace(/=.*$/s, '') : undefined;
  if (words === 'properties') return `Write stage ${name} … ${quoteShell(pasteable(property, key))}.`;
  if (property.flag === undefined) return undefined;
  return `--${property.flag} is a flag of ${isOfSet(property) ? 'stage set' : 'stage unset and stage copy'}.`;
};

const propertyOfFlag = (name: string): Property | undefined => {
  const flag = settingOptions.find(({ alias }) => alias === name)?.name ?? name;
  return properties.find((property) => property.flag === flag);
};

/** What was meant by a flag that the verb does not have. `value` is what stands behind it. */
export const adviseFlag = (
  name: string,
  value: string | undefined,
  known: readonly CommandOption[],
  verb: AnyCommand,
): string => {
  const sentence = byMeaning(name, flagSentences);
  if (sentence) return sentence;
  const property = propertyOfFlag(name);
  const otherwise = property && adviseOtherwise(property, value, verb);
  if (otherwise) return otherwise;
  const offered = known.map((flag) => flag.name).filter((flag) => !neverSuggested.includes(flag));
  const flag = meant(name.toLowerCase(), offered, options);
  if (flag) return `Did you mean --${flag}?`;
  const [called] = propertiesCalled(name);
  return (called && adviseOtherwise(called, value, verb)) ?? `stage ${verb.name} --help lists the flags.`;
};

/** `variable.color`, with the first part as a stage spells it. */
const nearProperty = (name: string): string | undefined => {
  const [head = ''] = name.split('.');
  const fields = Object.keys(stageShape);
  const near = byPrefix(head, fields) ?? nearestWord(head, fields);
  return near && `${near}${name.slice(head.length)}`;
};

/** A word that is no property, and what may be written in its place. */
export interface Stranger {
  readonly name: string;
  /** What stands behind its equals sign. */
  readonly text?: string | undefined;
  /** The flag that it stands behind, with a space: `--expect `. */
  readonly behind?: string;
  /** The flags of the verb, where it takes properties of a stage. */
  readonly options?: readonly CommandOption[];
}

const flagForm = (flag: CommandOption, text: string | undefined): string => {
  const { name, kind } = flag;
  if (!('argument' in flag)) return kind === 'on-off' && text !== undefined ? `--${name}=${text}` : `--${name}`;
  const isWhole = text !== undefined && (kind !== 'list' || text.includes('='));
  return `--${name} ${isWhole ? quoteShell(text) : flag.argument}`;
};

const assigned = (name: string, text: string | undefined): string =>
  quoteShell(text === undefined ? name : `${name}=${text}`);

const propertyForm = (name: string, { text, behind = '' }: Stranger): string =>
  behind === '' && text === undefined ? `the property ${quoteShell(name)}` : `${behind}${assigned(name, text)}`;

/** A variable, by its name alone. */
const variableForm = ({ name, text, behind, options }: Stranger): string | undefined => {
  if (!/^\w+$/.test(name)) return undefined;
  if (behind !== undefined) return `${behind}${assigned(`variables.${name}`, text)}`;
  const flag = options?.find((known) => known.name === 'variable');
  if (flag && (takesName(flag) || text !== undefined))
    return `--variable ${assigned(name, takesName(flag) ? undefined : text)}`;
  return options && text === undefined ? `the property variables.${name}` : undefined;
};

const formMeant = (stranger: Stranger): string | undefined => {
  const { name, text, options = [] } = stranger;
  const [property] = propertiesMeant(name);
  const flag = property && isKeyed(property) ? options.find((known) => known.name === property.flag) : undefined;
  if (flag) return flagForm(flag, text);
  const near = property ? pasteable(property) : nearProperty(name);
  return near === undefined ? variableForm(stranger) : propertyForm(near, stranger);
};

/** What was meant by a word that is neither a property nor a target. */
export const adviseWord = (stranger: Stranger): string | undefined => {
  if (stranger.name.startsWith('/')) return nearMiss(stranger.name);
  const form = formMeant(stranger);
  return form && `Did you mean ${form}?`;
};

/** What people type when they mean something else: answered by meaning first, then by spelling. */

import { nearestWord } from '../settings/spelling.js';
import { properties } from '../stage/properties.js';
import { stageShape } from '../stage/stage.js';

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
  deploy: 'A deployment is made by aws apigateway create-deployment.',
};

const flags: Readonly<Record<string, string>> = {
  'rate-limit': 'throttling-rate-limit',
  rate: 'throttling-rate-limit',
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
  format: 'output',
  json: 'output json',
  verbose: 'output json',
  silent: 'quiet',
  'expect-deployment-id': 'expect-canary-deployment-id',
  'patch-operation': 'patch-operations',
  operations: 'patch-operations',
  timeout: 'lock-timeout',
};

const tagging =
  'Tags are set by aws apigateway tag-resource --resource-arn arn:aws:apigateway:REGION::/restapis/API/stages/STAGE ' +
  '--tags NAME=VALUE, and removed by aws apigateway untag-resource.';

const flagSentences: Readonly<Record<string, string>> = {
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

export const adviseFlag = (name: string, known: readonly string[], verb: string): string => {
  const sentence = byMeaning(name, flagSentences);
  if (sentence) return sentence;
  const [property] = propertiesCalled(name);
  if (property) return verb === 'explain' ? `Did you mean stage explain ${property}?` : 'It is a flag of stage set.';
  const offered = known.filter((flag) => !neverSuggested.includes(flag));
  const flag = meant(name.toLowerCase(), offered, flags);
  return flag ? `Did you mean --${flag}?` : `stage ${verb} --help lists the flags.`;
};

/** Properties whose last name is the word: what somebody means who writes `percentTraffic`. */
export const propertiesCalled = (word: string): readonly string[] =>
  properties.filter(({ field, flag }) => field === word || flag === word.replace(/^--/, '')).map(({ name }) => name);

/** `variable.color`, with the first part as a stage spells it. */
const nearProperty = (name: string): string | undefined => {
  const [head = ''] = name.split('.');
  const near = nearestWord(head, Object.keys(stageShape));
  return near && `${near}${name.slice(head.length)}`;
};

const propertyMeant = (name: string): string | undefined => propertiesCalled(name)[0] ?? nearProperty(name);

const adviseAssignment = (name: string, text: string): string | undefined => {
  const property = propertyMeant(name);
  if (property) return `Did you mean ${property}=…?`;
  return /^\w+$/.test(name) ? `Did you mean --variable ${name}=${text}?` : undefined;
};

/** What was meant by a word that is neither a property nor a target. */
export const adviseWord = (word: string): string | undefined => {
  const at = word.indexOf('=');
  if (at >= 0) return adviseAssignment(word.slice(0, at), word.slice(at + 1));
  const property = propertyMeant(word);
  return property && `Did you mean the property ${property}?`;
};

// JSON Schemas for stage files, for .stagerc, and for the output of -o json.

const { execFileSync } = require('node:child_process');
const { join } = require('node:path');
const { properties, stageShape } = require('../dist/index.js');

/** The accepted values of an option, taken from completion. */
const valuesOf = (...words) =>
  execFileSync(process.execPath, [join(__dirname, '../bin/stage.js'), '__complete', ...words, ''], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0]);

const draft = 'https://json-schema.org/draft/2020-12/schema';

const jsonTypes = { timestamp: ['string', 'number'], decimal: 'number' };

/** For printed values, only the type is certain: a value may be masked, or allowed by API Gateway but unknown here. */
const schemaOfLeaf = (path, type, isPrinted) => {
  const property = properties.find(({ name }) => name === path);
  const schema = property?.ops.length > 0 && !isPrinted ? property.codec?.schema : undefined;
  const types = { type: jsonTypes[type] ?? (isPrinted && type === 'number' ? 'number' : type) };
  return { ...(property && { description: property.help }), ...types, ...schema };
};

/** The placeholder for the keys of a map: `{name}`. */
const placeholderOf = (path) => {
  const { name } = properties.find((property) => property.name.startsWith(`${path}.{`));
  return name.slice(path.length + 1).split('.')[0];
};

const schemaOf = (shape, path, isPrinted = false) => {
  if (typeof shape === 'string') return schemaOfLeaf(path, shape, isPrinted);
  const at = (key) => (path === '' ? key : `${path}.${key}`);
  if (shape['*']) {
    return { type: 'object', additionalProperties: schemaOf(shape['*'], at(placeholderOf(path)), isPrinted) };
  }
  const members = Object.entries(shape).map(([key, member]) => [key, schemaOf(member, at(key), isPrinted)]);
  return { type: 'object', properties: Object.fromEntries(members) };
};

const text = (description, more = {}) => ({ description, type: 'string', ...more });
const flag = (description) => ({ description, type: 'boolean' });
const listOf = (items, description) => ({ ...(description && { description }), type: 'array', items });

/** An object that has these members; those whose names end in `?` may be absent. */
const objectOf = (members, more = {}) => ({
  type: 'object',
  required: Object.keys(members).filter((name) => !name.endsWith('?')),
  properties: Object.fromEntries(Object.entries(members).map(([name, schema]) => [name.replace('?', ''), schema])),
  ...more,
});

const document = (title, description, schema) => ({ $schema: draft, title, description, ...schema });

const stageFile = document(
  'Stage file',
  'A stage of an Amazon API Gateway REST API, as aws apigateway get-stage prints it, or a part of it',
  schemaOf(stageShape, ''),
);

const closed = { additionalProperties: false };
const word = { type: 'string', minLength: 1 };
const region = text('AWS region', { pattern: '^[A-Za-z0-9-]+$' });
const profile = text('AWS profile', { minLength: 1 });
const path = { pattern: '^[^~\\u0000][^\\u0000]*$' };
const guard = flag('Whether an edit has to be confirmed');

const fileEntry = objectOf(
  { file: text('Path of a stage file, relative to this file', path), 'protected?': guard },
  closed,
);

const liveEntry = objectOf(
  {
    restApiId: text('The id of the REST API', { minLength: 1 }),
    stageName: text('The name of the stage in its API', { minLength: 1 }),
    'region?': region,
    'profile?': profile,
    'endpointUrl?': text('Address to send requests to instead of API Gateway', {
      pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
    }),
    'protected?': guard,
  },
  closed,
);

/** Excludes what would be read as an option, an assignment, a file, a path, an API and its stage, or a property. */
const entryName = {
  pattern: `^(?![-.~]|(?:${Object.keys(stageShape).join('|')})(?:\\.|$))[^=/\\\\:]+$`,
  not: { pattern: '\\.[jJ][sS][oO][nN]$' },
};

const stagerc = document(
  '.stagerc',
  'Configuration of stage',
  objectOf(
    {
      'stages?': {
        description: 'Stages that commands can call by a name',
        type: 'object',
        propertyNames: entryName,
        additionalProperties: { oneOf: [fileEntry, liveEntry] },
      },
      'default?': text('The stage of commands that name none: a name in stages, a stage file, or API/STAGE', path),
      'output?': text('How edits and their failures are printed', {
        enum: valuesOf('set', '--output'),
      }),
      'redact?': listOf(word, 'Variables whose names contain one of these words are masked'),
      'region?': region,
      'profile?': profile,
      'ownerTags?': listOf(word, 'Tags of stages that are deployed by something else'),
      'journal?': text('Whether edits of live stages are written down; full: with the values of secrets', {
        enum: ['on', 'off', 'full'],
      }),
      'canaryDimensions?': {
        description: "Dimensions of the canaries' metrics in CloudWatch",
        type: 'object',
        additionalProperties: word,
      },
    },
    closed,
  ),
);

const schemaVersion = { description: 'Grows when a member changes its meaning or is removed', const: 1 };

const opOf = (ops, members = {}) => objectOf({ op: { enum: ops }, path: { type: 'string' }, ...members }, closed);

const operation = {
  oneOf: [
    opOf(['add', 'replace'], { value: { type: 'string' } }),
    opOf(['remove']),
    opOf(['copy'], { from: { type: 'string' } }),
  ],
};

const code = text('A word to test for; it stays when the sentence changes');
const notice = objectOf({ code, message: { type: 'string' } });

const printedStage = schemaOf(stageShape, '', true);

const edit = document('Edit', 'What an edit prints with --output json', {
  ...objectOf({
    schemaVersion,
    target: text('The stage, as it was named'),
    changed: flag('Whether this edit changes the stage'),
    dryRun: flag('Whether it was a dry run'),
    before: { $ref: '#/$defs/stage' },
    operations: listOf({ $ref: '#/$defs/operation' }, 'What this edit sends'),
    inverse: listOf({ $ref: '#/$defs/operation' }, 'What takes this edit back'),
    after: { $ref: '#/$defs/stage' },
    notices: listOf(notice),
    calls: listOf(
      objectOf({
        kind: { enum: ['UpdateStage', 'CreateStage', 'FlushStageCache', 'CreateDeployment'] },
        state: { enum: ['made', 'not-made', 'unknown'] },
      }),
      'The calls, and what became of each',
    ),
  }),
  $defs: { stage: printedStage, operation },
});

const problem = objectOf({
  code,
  message: { type: 'string' },
  'hint?': text('What to do instead'),
  'operation?': { description: 'The operation at fault, as it was given' },
  'index?': { description: 'Its position, from 0', type: 'integer' },
  'of?': { description: 'How many operations there are', type: 'integer' },
  'firstIndex?': { description: 'The first operation of the call at fault, from 0', type: 'integer' },
  'lastIndex?': { description: 'The last operation of the call at fault, from 0', type: 'integer' },
});

const error = document(
  'Error',
  'What a run that failed prints on standard error with --output json',
  objectOf({
    schemaVersion,
    error: objectOf({
      code: text('The kind of failure'),
      message: text('The first problem'),
      exitCode: { type: 'integer' },
      problems: listOf(problem),
    }),
  }),
);

const listedStage = {
  ...printedStage,
  required: ['target'],
  properties: { target: text('A TARGET for other commands'), ...printedStage.properties },
};

const list = document(
  'List',
  'What stage list prints with --output json',
  listOf(objectOf({ id: text('The id of the API'), name: text('The name of the API'), stages: listOf(listedStage) })),
);

const deployments = document(
  'Deployments',
  'What stage deployments prints with --output json',
  listOf(
    objectOf({
      id: { type: 'string' },
      'createdDate?': { type: 'string' },
      'description?': { type: 'string' },
      stages: listOf({ type: 'string' }, 'The stages that serve it'),
      canaries: listOf({ type: 'string' }, 'The stages whose canary serves it'),
    }),
  ),
);

const texts = listOf({ type: 'string' });

const explain = document('Explain', 'What stage explain prints with --output json', {
  ...listOf(
    objectOf({
      name: text("AWS's names of the fields that lead to the property"),
      field: text('The last part of the name'),
      group: { type: 'string' },
      help: { type: 'string' },
      path: text('The patch path'),
      ops: listOf({ type: 'string' }, 'The operations that API Gateway accepts'),
      page: text("AWS's page"),
      'flag?': text('The option that sets it, without its dashes'),
      'alias?': { type: 'string' },
      'also?': texts,
      'unproven?': texts,
      'values?': text('What may be written'),
      'schema?': { description: 'The value as JSON Schema', type: 'object' },
      'unsetAs?': { type: 'string' },
      'clear?': { type: 'string' },
      'copyFrom?': { type: 'string' },
      'instead?': { type: 'string' },
    }),
  ),
});

const leaf = {
  description: 'null if it is not set; secrets are masked',
  type: ['string', 'number', 'boolean', 'null'],
};

const diff = document(
  'Diff',
  'What stage diff prints with --output json',
  objectOf({
    schemaVersion,
    target: text('The stage, as it was named'),
    other: text('The other stage or the document, as it was named'),
    differs: flag('Whether something differs'),
    differences: listOf(
      objectOf({
        property: text('The name of the property, methods as people write them'),
        before: leaf,
        after: leaf,
        editable: flag('Whether UpdateStage can change it'),
      }),
    ),
    notices: listOf(notice),
  }),
);

const status = document(
  'Status',
  'What stage status prints with --output json',
  objectOf({
    schemaVersion,
    stages: listOf(
      objectOf({
        target: text('The stage, as it was named'),
        stage: printedStage,
        deployments: listOf(
          objectOf({ id: { type: 'string' }, 'description?': { type: 'string' }, 'createdDate?': { type: 'string' } }),
          'Of a live stage: what is known of those that it and its canary serve',
        ),
        owners: listOf({ type: 'string' }, 'What deploys the stage'),
        notices: listOf(notice),
      }),
    ),
    differences: listOf(
      objectOf({ property: { type: 'string' }, values: listOf(leaf, 'One for each stage') }),
      'Of several stages, the properties that differ',
    ),
  }),
);

const history = document('History', 'What stage history prints with --output json', {
  ...listOf(
    objectOf({
      id: text('What stage undo --id takes'),
      time: text('ISO 8601, UTC'),
      target: objectOf({
        label: text('The stage, as it was named'),
        key: text('The same for all names of a stage'),
        'file?': text('The real path of a stage file'),
        'live?': liveEntry,
        'caller?': text('The profile or role that made the edit'),
      }),
      command: { type: 'string' },
      'reason?': text('The text of --reason'),
      state: {
        description:
          'started: not ended, or its process died; failed: maybe partly applied; refused: nothing was changed',
        enum: ['started', 'done', 'failed', 'refused'],
      },
      'others?': listOf(
        { enum: ['CreateStage', 'FlushStageCache', 'CreateDeployment'] },
        'Its calls other than UpdateStage',
      ),
      operations: listOf({ $ref: '#/$defs/operation' }, 'What was sent'),
      inverse: listOf({ $ref: '#/$defs/operation' }, 'What takes it back'),
      touched: listOf(
        objectOf({
          path: text('The patch path of a property'),
          'before?': { ...leaf, description: 'Absent if it was not set' },
          'after?': { ...leaf, description: 'Absent if it is not set' },
          'isMasked?': { description: 'Its values are secrets, which the journal does not hold', const: true },
        }),
        'The properties that were changed',
      ),
    }),
  ),
  $defs: { operation },
});

const validate = document(
  'Validate',
  'What stage validate prints with --output json',
  objectOf({
    schemaVersion,
    files: listOf(
      objectOf({
        file: { type: 'string' },
        problems: listOf(
          objectOf({ code, message: { type: 'string' }, line: { type: 'integer' }, column: { type: 'integer' } }),
        ),
      }),
    ),
  }),
);

const verdict = { description: 'What the gates say together', enum: ['pass', 'fail', 'inconclusive'] };
const whole = (description) => ({ description, type: 'integer', minimum: 1 });

const result = objectOf(
  {
    gate: text('The gate, as it was given'),
    verdict,
    message: text('The value that was measured, its bound, and the value of production'),
    'value?': { description: 'Of the canary, in percent or milliseconds', type: 'number' },
    'production?': { description: 'Of production, in percent or milliseconds', type: 'number' },
  },
  closed,
);

const rollout = document(
  'Rollout',
  'A line that stage rollout-canary prints with --output json',
  objectOf(
    {
      time: text('ISO 8601, UTC'),
      event: {
        description: 'stopped: by an error, which tells its code on standard error',
        enum: [
          ...['started', 'resumed', 'shifted', 'waiting', 'measured', 'promoted', 'aborted', 'held'],
          ...['interrupted', 'stopped'],
        ],
      },
      target: text('The stage, as it was named'),
      'deploymentId?': text('What the canary serves; absent until it is created'),
      step: whole('The step, from 1'),
      steps: whole('How many steps there are'),
      percent: {
        description: 'Requests that the deployment of the canary gets',
        type: 'number',
        minimum: 0,
        maximum: 100,
      },
      'until?': text('Of waiting: ISO 8601, UTC'),
      'verdict?': verdict,
      'results?': listOf(result, 'Of measured: what each gate says'),
      'message?': text('Why, in a sentence'),
    },
    closed,
  ),
);

const percent = { type: 'number', minimum: 0, maximum: 100 };
const index = { description: 'The step, from 0', type: 'integer', minimum: 0 };
const milliseconds = (description) => ({ description, type: 'number' });
const since1970 = (description) => milliseconds(`${description}, in milliseconds since 1970`);

const plan = objectOf({
  steps: listOf(objectOf({ percent, interval: milliseconds('Milliseconds from the step to its gates') })),
  'start?': {
    ...objectOf({
      'deploymentId?': text('Absent if the rollout creates it'),
      'description?': text('Of the created deployment'),
      variables: { description: 'Overrides of the canary', type: 'object', additionalProperties: { type: 'string' } },
      useStageCache: { type: 'boolean' },
    }),
    description: 'Absent if the rollout takes the canary that the stage has',
  },
  gates: listOf({
    oneOf: [
      objectOf({ kind: { const: 'alarm' }, name: { type: 'string' } }, closed),
      objectOf({ kind: { const: 'check' }, command: { type: 'string' } }, closed),
      objectOf({
        kind: { const: 'max' },
        ...{ metric: { type: 'string' }, statistic: { type: 'string' }, bound: { type: 'number' } },
        relation: { enum: ['absolute', 'points', 'percent'] },
        text: text('As it was given'),
      }),
    ],
  }),
  then: { enum: ['promote', 'promote-and-end', 'hold'] },
  minRequests: { type: 'number' },
  metricsDelay: milliseconds('Milliseconds'),
  'canaryDimensions?': { type: 'object', additionalProperties: { type: 'string' } },
  checkTimeout: milliseconds('Milliseconds'),
  checkShell: { type: 'boolean' },
  maxWait: milliseconds('Milliseconds'),
  onInconclusive: { enum: ['hold', 'abort', 'continue'] },
  abortAfter: whole('How many failed rounds of a step are a failure'),
  onFail: { enum: ['abort', 'hold'] },
});

const rolloutStatus = document(
  'Rollout status',
  'What stage rollout-status prints with --output json',
  objectOf({
    version: { const: 1 },
    id: text('Marks the deployment that the rollout creates'),
    target: text('The stage, as it was named'),
    plan,
    'deploymentId?': text('What the canary serves; absent until it is created'),
    productionId: text('What production served when the rollout began'),
    phase: { enum: ['shift', 'bake', 'measure', 'promote', 'abort', 'held', 'promoted', 'aborted'] },
    step: index,
    'before?': {
      ...objectOf({ 'deploymentId?': { type: 'string' }, percent }),
      description: 'The canary before the shift that is under way',
    },
    since: since1970('When the phase or its wait began'),
    wait: milliseconds('How long it waits from then on; 0 after the wait'),
    'servesSince?': since1970("When the canary began to serve the step's percentage"),
    'inconclusiveSince?': since1970('When this step got its first inconclusive round'),
    rounds: listOf(
      objectOf({ step: index, percent, time: since1970('When'), verdict, results: listOf(result) }),
      'The rounds of gates',
    ),
    'reason?': text('Why it is held or aborted, or went on after an inconclusive step'),
    'isApproved?': { description: 'A person approved the held rollout', const: true },
    'foreignChange?': text('What somebody else changed'),
  }),
);

/** The schemas, by the first part of their file names. */
exports.schemas = {
  ...{ stage: stageFile, stagerc, edit, error, list, deployments, explain, diff, status, history, validate },
  ...{ rollout, 'rollout-status': rolloutStatus },
};

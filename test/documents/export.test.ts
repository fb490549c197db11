/** Exports are read back and compared with the stage. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readDesired } from '../../src/documents/desired.js';
import { cloudFormationLines } from '../../src/documents/export-cloudformation.js';
import { terraformLines } from '../../src/documents/export-terraform.js';
import { readableKey, readableName } from '../../src/stage/method.js';
import { leavesOf, readLeaf } from '../../src/stage/place.js';
import type { Stage } from '../../src/stage/stage.js';
import { anyStage } from '../stage/arbitraries.js';
import { aCanary, aMethod, aStage } from '../stages.js';
import { testWith } from '../tools.js';
import { hclValues } from './hcl.js';

/** The leaves that a template can contain, by readable name. */
const settable = (stage: Stage): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    leavesOf(stage)
      .filter(({ property }) => property.ops.length > 0 || /^(?:stageName|tags)/.test(property.name))
      .map((place) => [readableName(place), readLeaf(stage, place)]),
  );

/** A stage with one entry per method: API Gateway uses only one of two spellings. */
const oneSpelling = anyStage.filter(({ methodSettings = {} }) => {
  const keys = Object.keys(methodSettings);
  return new Set(keys.map(readableKey)).size === keys.length;
});

const tags = fc.dictionary(fc.constantFrom('team', 'cost center', 'aws:x'), fc.string(), {
  maxKeys: 2,
  noNullPrototype: true,
});
const tagged = fc.tuple(oneSpelling, tags).map(([stage, given]): Stage => ({ ...stage, tags: given }));

test('a stage exported to CloudFormation is read back unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(tagged, async (stage) => {
      const text = await cloudFormationLines(stage);
      const desired = await readDesired(text, { label: 'template.yaml' });
      expect(settable(desired.stage)).toEqual(settable(stage));
      expect(desired).toMatchObject({ unset: [], unknown: new Map(), notices: [], isWhole: true });
    }),
  );
});

/** The output of `terraform show -json` for resources in HCL. */
const shown = (hcl: string): string => {
  const resources = hclValues(hcl).map(({ type, name, values }) => ({
    address: `${type}.${name}`,
    mode: 'managed',
    type,
    name,
    values: { ...values, rest_api_id: 'api1', ...(type.endsWith('settings') && { stage_name: 'prod' }) },
  }));
  return JSON.stringify({ format_version: '1.0', values: { root_module: { resources } } });
};

/** The provider uses -1 for unset. */
const withoutOff = (leaves: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(leaves).filter(([, leaf]) => leaf !== -1 && leaf !== ''));

test('a stage exported to Terraform is read back unchanged from terraform show', async () => {
  await fc.assert(
    fc.asyncProperty(tagged, async (stage) => {
      const hcl = terraformLines(stage);
      const desired = await readDesired(shown(hcl), { label: 'show.json' });
      expect(withoutOff(settable(desired.stage))).toEqual(withoutOff(settable(stage)));
      expect(desired).toMatchObject({ unset: [], unknown: new Map(), notices: [], isWhole: true });
    }),
  );
});

const stage = aStage({
  description: 'costs ${"$"}{x} and %{ if y }',
  variables: { color: 'blue', on: 'no', version: '1.10' },
  tags: { team: 'a' },
  accessLogSettings: {
    destinationArn: 'arn:aws:logs:eu-west-1:111111111111:log-group:a',
    format: '$context.requestId\n',
  },
  canarySettings: aCanary({ stageVariableOverrides: { color: 'green' } }),
  methodSettings: { '*/*': aMethod(), '~1pets~1{id}/GET': aMethod({ loggingLevel: 'INFO', throttlingRateLimit: 0.5 }) },
});

const hasTerraform = spawnSync('terraform', ['version']).status === 0;
const testWithTerraform = testWith(
  'terraform',
  hasTerraform,
  'terraform fmt of exported stages',
  'terraform is not to be found (developer.hashicorp.com/terraform/install)',
);

testWithTerraform('terraform fmt finds the syntax and the format of what is exported right', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stage-export-'));
  try {
    const stages = [stage, aStage({ stageName: 'empty', methodSettings: {} }), ...fc.sample(tagged, 50)];
    for (const [index, each] of stages.entries()) writeFileSync(join(folder, `${index}.tf`), terraformLines(each));
    // Without the user's configuration, which could cause extra output.
    const env = { ...process.env, TF_CLI_CONFIG_FILE: '' };
    const options = { encoding: 'utf8', env } as const;
    const { status, stdout, stderr } = spawnSync('terraform', ['fmt', '-check', '-diff', folder], options);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('texts that YAML 1.1 reads as another type are quoted in a template', async () => {
  const text = await cloudFormationLines(stage);
  expect(text).toContain('"on": "no"');
  expect(text).toContain('version: "1.10"');
  expect(text).toMatch(/ResourcePath: "?\/\*"?\n +HttpMethod: "\*"/);
  expect(text).toContain('ResourcePath: /~1pets~1{id}');
});

test('a tilde in a path is encoded, and the effective one of two spellings of a method is exported', async () => {
  const methodSettings = {
    '~1a~0b/GET': { cachingEnabled: true },
    'pets/GET': { cacheTtlInSeconds: 1 },
    '~1pets/GET': { cacheTtlInSeconds: 2 },
  };
  const text = await cloudFormationLines(aStage({ methodSettings }));
  expect(text).toContain('ResourcePath: /~1a~0b\n');
  expect(text.match(/CacheTtlInSeconds: .*/g)).toEqual(['CacheTtlInSeconds: 2']);
});

test('a method without settings has no Terraform resource, which requires settings', async () => {
  const text = terraformLines(aStage({ methodSettings: { '~1a/GET': {} } }));
  expect(text).not.toContain('method_settings');
});

test('a variable that CloudFormation would read as a reference is refused', async () => {
  await expect(cloudFormationLines(aStage({ variables: { Ref: 'x' } }))).rejects.toThrow(/rename the variable/);
  const canarySettings = { stageVariableOverrides: { Ref: 'x' } };
  await expect(cloudFormationLines(aStage({ canarySettings }))).rejects.toThrow(/rename the variable/);
});

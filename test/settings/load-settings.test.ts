import { join } from 'node:path';
import { settingRows } from '../../src/settings/settings';
import { aFolder, from, settingsOf, typed } from './folder';

const file = 'region: file-1\nprofile: file\noutput: yaml\nredact: [file]\ndefault: ./file.json';
const env = {
  STAGE_REGION: 'env-1',
  STAGE_PROFILE: 'env',
  STAGE_OUTPUT: 'json',
  STAGE_REDACT: 'env, two,',
  STAGE_DEFAULT: 'env.json',
};
const flag = typed({ region: 'flag-1', profile: 'flag', output: 'patch' });

test('options override the environment, which overrides the file', async () => {
  const cwd = aFolder({ '.git/': '', 'a/.stagerc': file, 'a/b/': '' });
  const here = join(cwd, 'a/b');
  expect(await settingsOf(from(here))).toMatchObject({
    region: 'file-1',
    profile: { name: 'file', from: 'config' },
    output: 'yaml',
    redact: ['file'],
    default: { value: './file.json', from: 'config', base: join(cwd, 'a') },
  });
  expect(await settingsOf(from(here, { env }))).toMatchObject({
    region: 'env-1',
    profile: { name: 'env', from: 'environment' },
    output: 'json',
    redact: ['env', 'two'],
    default: { value: 'env.json', from: 'environment', base: here },
  });
  expect(await settingsOf(from(here, { env, flag }))).toMatchObject({
    region: 'flag-1',
    profile: { name: 'flag', from: 'flag' },
    output: 'patch',
  });
});

test('an empty variable is ignored', async () => {
  const blank = Object.fromEntries(Object.keys(env).map((name) => [name, '']));
  const cwd = aFolder({ '.stagerc': file });
  expect(await settingsOf(from(cwd, { env: { ...blank, STAGE_CONFIG: '' } }))).toEqual(await settingsOf(from(cwd)));
});

test('exactly seven variables are read, even if others start with STAGE', async () => {
  const read = new Set<PropertyKey>();
  const watched = new Proxy<Record<string, string>>(
    { HOME: aFolder(), STAGE_NAME: 'Build', STAGE_STAGES: '{}', STAGE_PROTECTED: 'false', STAGE: 'x' },
    { get: (target, name) => (read.add(name) ? Reflect.get(target, name) : undefined) },
  );
  const request = { ...from(aFolder()), env: watched };
  expect(await settingsOf(request)).toEqual({
    stages: new Map(),
    redact: [],
    ownerTags: [],
    journal: 'on',
    notices: [],
  });
  const variables = Object.values(settingRows).flatMap((row) => row.env ?? []);
  expect(variables.sort()).toEqual([
    'STAGE_CONFIG',
    'STAGE_DEFAULT',
    'STAGE_JOURNAL',
    'STAGE_OUTPUT',
    'STAGE_PROFILE',
    'STAGE_REDACT',
    'STAGE_REGION',
  ]);
  expect([...read].filter((name) => String(name).startsWith('STAGE')).sort()).toEqual(variables);
});

test('a live entry keeps its members, and others are absent', async () => {
  const text = `stages:
  prod: {restApiId: a1, stageName: prod, region: eu-west-1, profile: p, endpointUrl: 'http://localhost:1', protected: true}
  dev: {restApiId: a1, stageName: dev}`;
  const { stages } = await settingsOf(from(aFolder({ '.stagerc': text })));
  expect(stages.get('prod')).toEqual({
    name: 'prod',
    protected: true,
    restApiId: 'a1',
    stageName: 'prod',
    region: 'eu-west-1',
    profile: 'p',
    endpointUrl: 'http://localhost:1',
  });
  expect(stages.get('dev')).toStrictEqual({ name: 'dev', protected: false, restApiId: 'a1', stageName: 'dev' });
});

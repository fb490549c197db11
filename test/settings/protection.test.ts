import { linkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findProtected } from '../../src/settings/protection';
import { aFolder, from, settingsOf } from './folder';

const config = `stages:
  prod: {file: stages/prod.json, protected: true}
  also: {file: ./stages/../stages/prod.json}
  other: {file: stages/other.json}
  live: {restApiId: a1b2c3, stageName: prod, region: eu-west-1, protected: true}
  same: {restApiId: a1b2c3, stageName: prod, region: us-east-1}
`;

const aProject = async () => {
  const folder = aFolder({ '.stagerc': config, 'stages/prod.json': '{}', 'stages/other.json': '{}', 'sub/': '' });
  symlinkSync('stages', join(folder, 'linked'));
  symlinkSync('prod.json', join(folder, 'stages/link.json'));
  linkSync(join(folder, 'stages/prod.json'), join(folder, 'sub/hard.json'));
  return { folder, stages: (await settingsOf(from(folder))).stages };
};

test.each([
  ['stages/prod.json', 'prod'],
  ['sub/../stages/./prod.json', 'prod'],
  ['stages/link.json', 'prod'],
  ['linked/prod.json', 'prod'],
  ['linked/link.json', 'prod'],
  ['sub/hard.json', 'prod'],
  ['stages/other.json', undefined],
  ['stages/missing.json', undefined],
  ['none/missing.json', undefined],
])('%s leads to the protected stage %s', async (path, name) => {
  const { folder, stages } = await aProject();
  expect(findProtected(stages, { file: `${folder}/${path}` })?.name).toBe(name);
});

test.each([
  ['a1b2c3', 'prod', 'live'],
  ['A1B2C3', 'prod', 'live'],
  ['a1b2c3', 'dev', undefined],
  ['other', 'prod', undefined],
])('the live stage %s/%s is protected as %s', async (restApiId, stageName, name) => {
  const { stages } = await aProject();
  expect(findProtected(stages, { restApiId, stageName })?.name).toBe(name);
});

test('another entry for the same stage is also protected', async () => {
  const { stages } = await aProject();
  const names = ['also', 'same', 'other'].map((name) => {
    const entry = stages.get(name);
    return entry && findProtected(stages, entry)?.name;
  });
  expect(names).toEqual(['prod', 'live', undefined]);
});

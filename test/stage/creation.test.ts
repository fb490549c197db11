import fc from 'fast-check';
import { absentStage, creationOf } from '../../src/stage/creation.js';
import { changesBetween } from '../../src/stage/diff.js';
import { nameOf, readLeaf } from '../../src/stage/place.js';
import { PatchError } from '../../src/stage/problem.js';
import { applyCalls } from '../../src/stage/result.js';
import type { Stage } from '../../src/stage/stage.js';
import { aMethod, aStage } from '../stages.js';
import { anyStage } from './arbitraries.js';

const creationFor = (goal: Stage) => {
  try {
    return creationOf(goal);
  } catch (error) {
    if (error instanceof PatchError) return undefined;
    throw error;
  }
};

test('the calls create the desired stage, except for what they report', () =>
  fc.assert(
    fc.property(anyStage, (goal) => {
      const creation = creationFor(goal);
      if (creation === undefined) return;
      const named = new Set(creation.problems.map(({ name }) => name));
      const left = changesBetween(applyCalls(absentStage, creation.calls), goal, (place) => {
        const isSaid = named.has(nameOf(place)) || ['webAclArn', 'stageName'].includes(place.property.name);
        return !isSaid && readLeaf(goal, place) !== undefined && !place.key.startsWith('aws:');
      });
      expect(left).toEqual([]);
    }),
    { numRuns: 400 },
  ));

test('CreateStage gets everything that it accepts, and UpdateStage the rest', () => {
  const goal = aStage({
    description: 'new',
    variables: { color: 'blue' },
    cacheClusterEnabled: true,
    cacheClusterSize: '0.5',
    tags: { team: 'orders', 'aws:cloudformation:stack-name': 'orders' },
    methodSettings: { '*/*': aMethod({ loggingLevel: 'INFO' }) },
    clientCertificateId: 'abc123',
    webAclArn: 'arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/a/1',
  });
  const { calls, notices, problems } = creationOf(goal);
  expect(calls).toEqual([
    {
      kind: 'CreateStage',
      stage: {
        deploymentId: 'dep1',
        description: 'new',
        cacheClusterEnabled: true,
        cacheClusterSize: '0.5',
        variables: { color: 'blue' },
        tracingEnabled: false,
        stageName: 'prod',
        tags: { team: 'orders' },
      },
    },
    [
      { op: 'replace', path: '/clientCertificateId', value: 'abc123' },
      { op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: '5000' },
      { op: 'replace', path: '/*/*/throttling/rateLimit', value: '10000' },
    ],
  ]);
  expect(notices.map(({ code }) => code)).toEqual(['web-acl']);
  expect(problems).toEqual([]);
});

test('a stage that CreateStage accepts entirely takes one call', () => {
  expect(creationOf({ deploymentId: 'dep1', variables: { color: 'blue' } }).calls).toHaveLength(1);
});

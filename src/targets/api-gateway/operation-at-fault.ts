/** Which operation of a call API Gateway refused: its sentence says so, one way or another. */
import type { PatchOperation } from '../../stage/operation.js';
import { findPlace } from '../../stage/place.js';

const isAt =
  (...paths: readonly string[]) =>
  ({ path }: PatchOperation): boolean =>
    paths.some((end) => path === end || path.endsWith(end));

interface Blame {
  readonly when: RegExp;
  readonly is: (found: RegExpExecArray) => (operation: PatchOperation, index: number) => boolean;
}

/** Which operation a sentence of API Gateway's is about. */
const blames: readonly Blame[] = [
  {
    when: /patchOperations\.(\d+)\.member/,
    is:
      ([, index]) =>
      (_, position) =>
        position + 1 === Number(index),
  },
  { when: /^Deployment id does not exist/, is: () => isAt('/deploymentId') },
  { when: /stage variable (?:name: |value of key )(\w*)/, is: ([, name]) => isAt(`/${name}`) },
  { when: /time-to-live/, is: () => isAt('/caching/ttlInSeconds') },
  { when: /logging level/, is: () => isAt('/logging/loglevel') },
  { when: /CloudWatch Logs role ARN/, is: () => isAt('/logging/loglevel', '/logging/dataTrace') },
  { when: /Access Log format|\$context/, is: () => isAt('/accessLogSettings/format') },
  { when: /Access log destination|Firehose|Invalid ARN/, is: () => isAt('/accessLogSettings/destinationArn') },
  { when: /client certificate/i, is: () => isAt('/clientCertificateId') },
  { when: /cache cluster size|cache size/i, is: () => isAt('/cacheClusterSize') },
];

const isNamed = (message: string, { path }: PatchOperation): boolean =>
  message.includes(path) || (findPlace(path) !== undefined && message.includes(` ${path.slice(1)} `));

const onlyOne = (operations: readonly PatchOperation[], is: (operation: PatchOperation, index: number) => boolean) => {
  const indexes = [...operations.keys()].filter((index) => {
    const operation = operations[index];
    return operation !== undefined && is(operation, index);
  });
  return indexes.length === 1 ? indexes[0] : undefined;
};

/** The index of the operation that API Gateway's sentence is about, where it can be told. */
export const operationAtFault = (message: string, operations: readonly PatchOperation[]): number | undefined => {
  if (operations.length === 1) return 0;
  const blame = blames.find(({ when }) => when.test(message));
  const found = blame?.when.exec(message);
  const byBlame = blame && found ? onlyOne(operations, blame.is(found)) : undefined;
  return byBlame ?? onlyOne(operations, (operation) => isNamed(message, operation));
};

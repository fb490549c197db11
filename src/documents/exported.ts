/** The exported parts of a stage: settable members, each method once. */
import { keyOf, spellingsOf } from '../stage/method.js';
import { everyMethod } from '../stage/properties.js';
import { type Stage, stageShape } from '../stage/stage.js';

/** The methods of a stage. With two spellings, the one that API Gateway uses. `*` and `/*` mean all methods. */
export const exportedMethods = ({ methodSettings = {} }: Stage) =>
  [...spellingsOf(Object.keys(methodSettings))].map(([readable, spellings]) => {
    const isAll = readable === everyMethod;
    const [httpMethod = '', resourcePath = ''] = isAll ? ['*', '/*'] : readable.split(/ (.*)/s);
    const key = isAll ? everyMethod : keyOf({ httpMethod, resourcePath });
    const stored = spellings.find((spelling) => spelling === key) ?? spellings[0];
    return { key, httpMethod, resourcePath, settings: methodSettings[stored ?? key] ?? {} };
  });

const left = ['methodSettings', 'cacheClusterStatus', 'webAclArn', 'createdDate', 'lastUpdatedDate'];

/** The members of a stage that templates support, without methods. */
export const exportedMembers = (stage: Stage): readonly (readonly [member: string, value: unknown])[] =>
  Object.entries(stage).filter(
    ([member, value]) => Object.hasOwn(stageShape, member) && !left.includes(member) && value !== undefined,
  );

/** The words of a text, to build the name of a resource. */
export const wordsOf = (text: string): readonly string[] => text.match(/[A-Za-z0-9]+/g) ?? [];

/** Where the values of a JSON text stand, so that one can be changed and the rest left as it is written. The text is known good. */

/** A value: `text.slice(start, end)`. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
}

export interface JsonMember {
  /** Where the member before it ends, or the brace: from here to `start` there is space and perhaps a comma. */
  readonly gap: number;
  /** Where its key starts, and where that ends. */
  readonly start: number;
  readonly keyEnd: number;
  readonly value: JsonNode;
}

// Each pattern runs over as much as it can: a step of the pattern costs a hundredth of a step of ours.
const throughBracket = /[^{}[\]"]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^{}[\]"]*)*[{}[\]]/y;
const scalar = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,}\]]+/y;
const throughColon = /([\s,]*)("[^"\\]*(?:\\.[^"\\]*)*")(\s*:\s*)/y;

const endOfMatch = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
};

const isOpening = (bracket: string | undefined): boolean => bracket === '{' || bracket === '[';

/** Where the value that starts here ends. What is inside is passed over. */
const endOfValue = (text: string, start: number): number => {
  if (!isOpening(text[start])) return endOfMatch(scalar, text, start);
  let [end, depth] = [start, 0];
  do {
    end = endOfMatch(throughBracket, text, end);
    depth += isOpening(text[end - 1]) ? 1 : -1;
  } while (depth > 0);
  return end;
};

const isObjectNode = (text: string, node: JsonNode): boolean => text[node.start] === '{';

/** The member that comes after `gap`, which is where the one before it ends. */
const memberAfter = (text: string, gap: number): JsonMember | undefined => {
  throughColon.lastIndex = gap;
  const [, before, key, colon] = throughColon.exec(text) ?? [];
  if (before === undefined || key === undefined || colon === undefined) return undefined;
  const start = gap + before.length;
  const keyEnd = start + key.length;
  const valueStart = keyEnd + colon.length;
  return { gap, start, keyEnd, value: { start: valueStart, end: endOfValue(text, valueStart) } };
};

/** The first member of a value, without a look at the others. Only an object has any. */
export const firstMemberOf = (text: string, node: JsonNode): JsonMember | undefined =>
  isObjectNode(text, node) ? memberAfter(text, node.start + 1) : undefined;

/** The members of a value, in the order of the text. */
export const membersOf = (text: string, node: JsonNode): ReadonlyMap<string, JsonMember> => {
  const members = new Map<string, JsonMember>();
  let member = firstMemberOf(text, node);
  while (member !== undefined) {
    members.set(JSON.parse(text.slice(member.start, member.keyEnd)), member);
    member = memberAfter(text, member.value.end);
  }
  return members;
};

/** The outermost value of a text. */
export const rootOf = (text: string): JsonNode => ({ start: text.search(/\S/), end: text.trimEnd().length });

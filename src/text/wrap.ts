/** What a line goes on under: the text after a label and two spaces, or its own indentation. */
const hangingIndent = /^ *(?:\S+(?: \S+)? {2,}(?=\S))?/;

const wrapLine = (line: string, width: number): string => {
  const indent = ' '.repeat(hangingIndent.exec(line)?.[0].length ?? 0);
  const lines: string[] = [];
  let current = '';
  for (const [word] of line.matchAll(/\s*\S+/g)) {
    // Breaking after a label alone would not help.
    if (current.length <= indent.length || current.length + word.length <= width) current += word;
    else {
      lines.push(current);
      current = indent + word.trimStart();
    }
  }
  return [...lines, current].join('\n');
};

/** Breaks lines between words so that they fit; a word is never broken. */
export const wrap = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');

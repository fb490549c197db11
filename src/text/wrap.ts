/** What a line goes on under: the text after a label and two spaces, or its own indentation. */
const hangingIndent = /^ *(?:\S+(?: \S+)? {2,}(?=\S))?/;

const wrapLine = (line: string, width: number): string => {
  const indent = ' '.repeat(hangingIndent.exec(line)?.[0].length ?? 0);
  return (line.match(/\s*\S+/g) ?? []).reduce((text, word) => {
    const current = text.length - text.lastIndexOf('\n') - 1;
    // Breaking after a label alone would not help.
    const fits = current <= indent.length || current + word.length <= width;
    return text + (fits ? word : `\n${indent}${word.trimStart()}`);
  }, '');
};

/** Breaks lines between words so that they fit; a word is never broken. */
export const wrap = (text: string, width: number): string => text.replace(/[^\n]+/g, (line) => wrapLine(line, width));

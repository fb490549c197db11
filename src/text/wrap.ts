/** The indentation of continued lines: up to the text after a label and two spaces, or that of the line itself. */
const hangingIndent = /^ *(?:\S+(?: \S+)? {2,}(?=\S))?/;

const wrapLine = (line: string, width: number): string => {
  const indent = ' '.repeat(hangingIndent.exec(line)?.[0].length ?? 0);
  return (line.match(/\s*\S+/g) ?? []).reduce((text, word) => {
    const current = text.length - text.lastIndexOf('\n') - 1;
    // Never break right after a label.
    const fits = current <= indent.length || current + word.length <= width;
    return text + (fits ? word : `\n${indent}${word.trimStart()}`);
  }, '');
};

/** Wraps lines between words to fit a width. Never breaks a word. */
export const wrap = (text: string, width: number): string => text.replace(/[^\n]+/g, (line) => wrapLine(line, width));

const word = /(?:'[^']*'|"[^"]*"|[^\s'"])+/g;

/** The words of a command, split at spaces outside quotes. Undefined if a quote is not closed. */
export const commandWords = (command: string): readonly string[] | undefined =>
  command.replace(word, '').trim() === ''
    ? [...command.matchAll(word)].map(([found]) =>
        found.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
      )
    : undefined;

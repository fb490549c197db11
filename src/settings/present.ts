export type Present<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** The members that are there: what was not given is absent. */
export const present = <Values extends object>(values: Values): Present<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<Values>;

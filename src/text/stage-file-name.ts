/** Matches the name of a stage file. */
export const stageFileName = /\.(?:json|ya?ml)$/i;

/** Matches the name of a YAML stage file. */
export const yamlFileName = /\.ya?ml$/i;

/** How the name of a stage file ends. */
export const stageFileName = /\.(?:json|ya?ml)$/i;

/** How it ends where the file is YAML. */
export const yamlFileName = /\.ya?ml$/i;

/** How the name of a stage file ends. */
export const stageFileName = /\.(?:json|ya?ml)$/;

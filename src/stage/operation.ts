/**
 * An operation of UpdateStage. `test` is checked by us and never sent. Assignable to the SDK's `PatchOperation`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PatchOperation.html
 */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: string }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'copy'; readonly from: string; readonly path: string };

export type Op = PatchOperation['op'];

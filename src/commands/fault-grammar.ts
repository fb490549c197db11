/** What `--fault` of `serve` takes, for its help. */
export const faultGrammar = `Faults: OPERATION:KIND[xN][@WHEN], several with commas between them, as in UpdateStage:409x3,GetStage:429@10%
  OPERATION  a name of API Gateway's, or * for all
  KIND       403, 409, 429, 500, 503   is answered with that
             expired                   is answered with 403, as a token that is too old is
             reset                     is hung up on, and not handled
             reset-after               is handled, and hung up on
             truncate                  is handled, and the answer breaks off
             hang                      is never answered
             slow=MILLISECONDS         is answered so much later
  xN         that many requests at most; without it one where @N says which, otherwise all
  WHEN       N, the Nth request of that operation; or P%, that share of them`;

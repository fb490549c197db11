/** What `--fault` of `serve` takes, for its help. */
export const faultGrammar = `Faults: OPERATION:KIND[xN][@WHEN], separated by commas, such as UpdateStage:409x3,GetStage:429@10%
  OPERATION  an operation that serve answers, or * for all of them
  KIND       403, 409, 429, 500, 503   answer with this status
             expired                   answer 403, as to a security token that has expired
             reset                     close the connection, and do nothing
             reset-after               do what is asked, and close the connection
             truncate                  do what is asked, and send half of the answer
             hang                      never answer
             slow=MILLISECONDS         answer after this delay
  xN         hit at most N requests; default: 1 with @N, otherwise all
  WHEN       N, from the Nth request of that operation; or P%, this share of them`;

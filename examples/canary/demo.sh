#!/bin/sh
# A canary from start to end, without an account: sh demo.sh good, or sh demo.sh bad.
here=$(dirname "$0")
work=$(mktemp -d)
stage() { node "${STAGE_JS:-$here/../../bin/stage.js}" "$@"; }
say() {
  printf '+ stage'
  for word; do
    case $word in *' '*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  echo
  stage "$@"
}

cp -R "$here/apis" "$work"
node "${STAGE_JS:-$here/../../bin/stage.js}" serve "$work/apis" --port 0 --quiet > "$work/url" &
server=$!
trap 'kill $server; rm -r "$work"' EXIT
until [ -s "$work/url" ]; do sleep 0.1; done

AWS_ENDPOINT_URL=$(cat "$work/url")
export AWS_ENDPOINT_URL AWS_REGION=eu-west-1 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any XDG_STATE_HOME="$work"
say rollout-canary a1b2c3d4e5/prod --deployment-id q4m8w1 --steps 5,25,50 --interval 1s --check "node $here/check.js $1"
code=$?
say get a1b2c3d4e5/prod deploymentId canarySettings.percentTraffic
exit $code

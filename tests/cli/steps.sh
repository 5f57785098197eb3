# The keys and steps that transcripts share. A key must never be printed or kept unless it was typed; `keys` names the file that lists them.
mkdir keys
keys=$PWD/keys/all
export STRIPE_SECRET=whsec_k3yThatNoTranscriptMayEverShow01
export GITHUB_SECRET='quite a s3cret, with spaces & ümläuts'
export STANDARD_SECRET=whsec_c3RhbmRhcmQtd2ViaG9va3Mta2V5LTAx
export OLD_SECRET=whsec_dGhlLW9uZS10aGF0LXdhcy1yb3RhdGVk
export AUTH_TOKEN=0f1e2d3c4b5a69788796a5b4c3d2e1f0
export GITLAB_TOKEN=glwt-7Qm2xVb4Np6Rs8Tz
export ED25519_SEED=9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60 # RFC 8032, test 1
export ED25519_PUBLIC=d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
export STANDARD_SEED=whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=
export STANDARD_PUBLIC=whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
cat >keys/p256.pem <<'PEM'
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgd1kmT+N51R70b4Eb
Vzs3kBoKKPT5EoD64ChudseM0AOhRANCAAQRfywxDnSY2kMIPEgAANuS71zdcpB7
kGc1j8eClkk/NERQoPyFl3sD4V0DFlg5VQ8LVrZ5MP/oM/0San+gaGsw
-----END PRIVATE KEY-----
PEM
export P256_PUBLIC=MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEX8sMQ50mNpDCDxIAADbku9c3XKQe5BnNY/HgpZJPzREUKD8hZd7A+FdAxZYOVUPC1a2eTD/6DP9Emp/oGhrMA==
printf '%s\n' "$STRIPE_SECRET" "$GITHUB_SECRET" "$STANDARD_SECRET" "$OLD_SECRET" "$AUTH_TOKEN" "$GITLAB_TOKEN" "$ED25519_SEED" "$STANDARD_SEED" \
  d1kmT+N51R70b4EbVzs3kBoKKPT5EoD64ChudseM0AOhRANCAAQ Vzs3kBoKKPT5EoD64ChudseM0AOhRANC >"$keys"
# The parts behind the prefixes, decoded and not, are as good as the whole.
sed -n 's/^wh[a-z]*_//p' "$keys" >keys/bare && cat keys/bare >>"$keys"
for encoded in "${STANDARD_SECRET#whsec_}" "${OLD_SECRET#whsec_}"; do base64 -d <<<"$encoded" && echo; done >>"$keys"

# Starts a listener on a free port and waits until it is ready; $at is its address.
listen() { # listen OPTION...
  rm -f ready
  hookctl listen --port 0 --ready-file ready --timeout 60s "$@" >listen.out 2>listen.err &
  listener=$!
  until [ -s ready ] || ! kill -0 $listener 2>/dev/null; do sleep 0.01; done
  [ -s ready ] && at=$(<ready)
}

# Ends the listener and prints what it printed; the exit code is the listener's.
stop() {
  local code
  kill -TERM "$listener"
  wait "$listener"
  code=$?
  cat listen.out
  cat listen.err >&2
  return $code
}

end_all() {
  local left
  left=$(jobs -p)
  [ -z "$left" ] || kill $left 2>/dev/null
}

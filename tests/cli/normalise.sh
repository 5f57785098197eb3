# What differs from run to run, held still. Every rule of that kind is here.
normalise() {
  local today
  today=$(date -u +%F)
  sed -E \
    -e "s|$PWD|FOLDER|g" \
    -e 's/^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}  /HH:MM:SS.mmm  /' \
    -e "s/($today|$yesterday)T[0-9:]{8}(\.[0-9]{3})?Z/NOW/g" \
    -e 's/(127\.0\.0\.1|localhost|\[::1\]):[0-9]{5}/\1:PORT/g' \
    -e 's/port [0-9]{5} on/port PORT on/' \
    -e 's/("duration_ms":)[0-9]+/\1N/g' \
    -e '/<--|attempt /s/  [0-9.]+ (ms|s)( +(ESC\[2m)?(req_[0-9a-z]+))?/  N ms  \3\4/' \
    -e '/ sent: /s/; p50 .*/; TIMES/' \
    -e 's/("compiler":")[^"]*/\1COMPILER/' \
    -e 's/[0-9]{4}(\.[0-9])? d( |\))/N d\2/g' \
    -e 's/(GitHub-Hookshot\/)[0-9a-f]{7}/\1HEX/; s/(sender-)[0-9A-Za-z]{5}/\1ALNUM/; s/^(X-Gitlab-Event-UUID: |X-Shopify-Event-Id: ).*/\1UUID/' \
    -e 's/^(X-Twilio-Email-Event-Webhook-Signature: ).*/\1BASE64/; s/^(  received +)ME[A-Za-z0-9+\/]{90,}=*/\1BASE64/' \
    -e "s/(no address for '[^']*': Host not found) \([^)]*\)(, try again later)?/\1/" \
    -e 's/(hookctl\.toml:[0-9]+:[0-9]+: )(error while parsing|encountered) .*/\1WORDS OF THE TOML LIBRARY/' \
    -e 's/[ \r]+$//'
}
yesterday=$(date -u +%F) # a session may run past midnight

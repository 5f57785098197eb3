# Verifies JSON Lines of Stripe events with Python's json and hmac: verify_python.py FILE SECRET NOW
import base64, hashlib, hmac, json, sys

path, secret, now = sys.argv[1], sys.argv[2].encode(), int(sys.argv[3])
good = 0
with open(path, 'rb') as lines:
    for line in lines:
        record = json.loads(line)
        fields = dict(part.split('=', 1) for part in record['headers']['Stripe-Signature'].split(','))
        signed = fields['t'].encode() + b'.' + base64.b64decode(record['body_base64'])
        expected = hmac.new(secret, signed, hashlib.sha256).hexdigest()
        if hmac.compare_digest(expected, fields['v1']) and now - int(fields['t']) <= 300: good += 1
print(good)

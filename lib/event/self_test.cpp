#include "event/self_test.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/asymmetric.hpp"
#include "event/compose.hpp"
#include "signing/canonical.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

namespace hookctl::event {

namespace {

constexpr const char* kUrl = "https://hooks.example/in";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

crypto::KeyType key_type(const signing::Scheme& way) {
  if (way.kind == signing::Kind::ed25519) return crypto::KeyType::ed25519;
  const bool es256 = way.jwt && !way.jwt->algorithms.empty() && way.jwt->algorithms.front() == signing::JwtAlgorithm::es256;
  return way.kind == signing::Kind::ecdsa || es256 ? crypto::KeyType::p256 : crypto::KeyType::rsa;
}

Trial tried(const provider::Catalog& catalog, const provider::Provider& provider, const signing::Keys& keys, const std::string& event, UnixMs now, Random& random) {
  Trial trial{event};
  const auto failed = [&](const std::string& why) {
    trial.fault = why;
    return trial;
  };
  auto fixture = catalog.fixture(provider, event);
  if (!fixture) return failed(fixture.error().message);
  trial.file = fixture->file;
  ComposeInputs inputs;
  inputs.now = now;
  auto made = compose(provider, *fixture, inputs, random);
  if (!made) return failed(made.error().message);
  auto done = signing::sign(provider.scheme, keys, made->request, {made->id, now, kUrl});
  if (!done) return failed("cannot be signed: " + done.error().message);
  signing::VerifyInputs as_received;
  as_received.now = now;
  as_received.url = done->url.empty() ? kUrl : done->url;
  auto verified = signing::verify(provider.scheme, keys, done->request, as_received);
  if (!verified) return failed("cannot be verified: " + verified.error().message);
  if (verified->verdict == signing::Verdict::invalid) return failed("signed and yet not valid: " + verified->code + ": " + verified->message);
  const provider::EventName name = provider::name_event(provider, done->request);
  if (!provider.event_type.empty() && name.type != event) trial.doubt = name.type.empty() ? "is received without a name: no template of 'event_type' finds one in it" : "is received as '" + name.type + "'";
  else if (!provider.recognise.empty() && provider::recognition(provider, done->request.headers) == 0) trial.doubt = "is not recognised by its headers: 'recognise' asks for others";
  return trial;
}

}  // namespace

Result<signing::Keys> made_up_keys(const signing::Scheme& scheme, Random& random) {
  const signing::Scheme& way = signing::in_effect(signing::ways(scheme).front());
  signing::Keys keys;
  if (signing::is_key_pair(way)) {
    auto key = crypto::PrivateKey::generate(key_type(way));
    if (!key) return key.error();
    keys.private_key = Secret(key->pem());
  }
  const std::string bytes = random_text(random, kAlphabet, 32);
  const signing::KeyForm form = way.keys.empty() || keys.private_key ? signing::KeyForm{} : way.keys.front();
  std::string text = bytes;
  if (form.encoding == signing::KeyEncoding::base64) text = to_base64(bytes);
  if (form.encoding == signing::KeyEncoding::hex) text = to_hex(bytes);
  for (std::size_t i = 0; i <= way.secret_index.value_or(0); ++i) keys.secrets.push_back(Secret(form.strip_prefix + text));
  return keys;
}

std::vector<Trial> self_test(const provider::Catalog& catalog, const provider::Provider& provider, UnixMs now, Random& random) {
  std::vector<Trial> trials;
  const auto keys = made_up_keys(provider.scheme, random);
  for (const provider::FixtureFile& fixture : catalog.fixtures(provider)) {
    trials.push_back(keys ? tried(catalog, provider, *keys, fixture.event, now, random) : Trial{fixture.event, fixture.file, "no key: " + keys.error().message});
  }
  return trials;
}

}  // namespace hookctl::event

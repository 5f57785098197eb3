#include "bulk/judge.hpp"

#include <utility>

#include "bulk/answer.hpp"

namespace hookctl::bulk {

namespace {

// Lines with ever new secrets or paths shall not fill the memory; those who have that many begin anew.
constexpr std::size_t kKept = 512;

// Distinct for distinct texts, whatever follows.
void append_part(std::string& key, std::string_view text) {
  const std::size_t size = text.size();
  key.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
}

}  // namespace

Result<ProviderPtr> Judge::find_provider() {
  const std::string& id = record_.provider.empty() ? terms_.provider : record_.provider;
  if (id.empty()) {
    const std::lock_guard<std::mutex> lock(terms_.mutex);
    ProviderPtr provider = terms_.providers.recognise(record_.request.headers);
    if (!provider) return usage_error("provider: none is named and none recognised by the headers");
    return provider;
  }
  if (const auto known = providers_.find(id); known != providers_.end()) return known->second;
  // Records may be a stranger's: they name a provider, never a file to open.
  if (!record_.provider.empty() && !provider::is_provider_id(id)) return usage_error("provider: expected a provider's id", "a file is given with --provider, for records that name none");
  const std::lock_guard<std::mutex> lock(terms_.mutex);
  auto found = terms_.providers.find(id);
  if (!found) return found;
  if (providers_.size() >= kKept) providers_.clear();
  return providers_[id] = *std::move(found);
}

Judge::Ready& Judge::ready(const ProviderPtr& provider) {
  const provider::Provider* address = provider.get();
  key_.assign(reinterpret_cast<const char*>(&address), sizeof address);
  if (record_.keys.public_key) append_part(key_, *record_.keys.public_key);
  key_ += '/';
  for (const Secret& secret : record_.keys.secrets) append_part(key_, secret.reveal());
  if (const auto known = verifiers_.find(key_); known != verifiers_.end()) return known->second;
  if (verifiers_.size() >= kKept) verifiers_.clear();
  signing::Keys keys = record_.keys;
  if (keys.secrets.empty()) keys.secrets = terms_.keys.secrets;
  if (!keys.public_key) keys.public_key = terms_.keys.public_key;
  return verifiers_.emplace(key_, Ready{provider, signing::Verifier::create(provider->scheme, keys)}).first->second;
}

bool Judge::judge(std::string_view line, std::uint64_t number, std::string& out) {
  if (!quick_.read(line, record_)) {
    auto record = read_carefully(line);
    if (!record) return append_error(out, record.error(), number), false;
    record_ = *std::move(record);
  }
  const auto provider = find_provider();
  if (!provider) return append_error(out, provider.error(), number), false;
  Ready& ready = this->ready(*provider);
  if (!ready.verifier) return append_error(out, ready.verifier.error(), number), false;
  signing::VerifyInputs inputs;
  inputs.url = record_.url;
  inputs.now = record_.now ? *record_.now : terms_.clock->now();
  inputs.tolerance_s = terms_.tolerance_s;
  const auto verification = ready.verifier->verify(record_.request, inputs);
  append_answer(out, ready.provider->id, verification, record_.id, number);
  return verification.verdict == signing::Verdict::valid;
}

}  // namespace hookctl::bulk

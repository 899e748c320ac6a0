// SPDX-License-Identifier: Apache-2.0
#include "services/alert/roll_ups.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>
#include <utility>

#include "services/alert/rules/areas.h"
#include "services/alert/rules/rollup.h"
#include "services/alert/store.h"
#include "services/platform/base/status.h"
#include "services/platform/push/cursor.h"

namespace huying::alert {
namespace {
// A picture that could not be computed is tried again after this.
constexpr absl::Duration kTryAgain = absl::Seconds(5);

bool Concerns(const v1::SubscribeEvent& event, const std::string& alert) {
  if (event.has_alert()) {
    if (event.alert().alert().name() == alert) return true;
    for (const auto& other : event.alert().also()) {
      if (other.name() == alert) return true;
    }
  }
  for (const auto& recipient : event.recipient().recipients()) {
    if (recipient.alert() == alert) return true;
  }
  return event.escalation().escalation().alert() == alert;
}
}  // namespace

// The roll-up of one alert: marked after each event that concerns it, computed by the one thread.
class RollUpStream {
 public:
  using Compute = std::function<absl::StatusOr<v1::RollUp>(const std::string&)>;

  RollUpStream(std::string alert, rules::Viewer viewer, rpc::Sink<v1::RollUp> sink,
               std::shared_ptr<push::Bell> bell)
      : alert_(std::move(alert)),
        viewer_(std::move(viewer)),
        sink_(std::move(sink)),
        bell_(std::move(bell)) {
    sink_.OnClosed([over = over_, bell = bell_] {
      over->store(true);
      bell->Ring();
    });
  }

  void OnEvent(const push::Event& event) {
    if (event.resync) return sink_.Close(push::MustResync());
    v1::SubscribeEvent shown;
    if (event.bytes.empty() || !shown.ParseFromString(event.bytes)) return;
    if (!Concerns(shown, alert_) || changed_.exchange(true)) return;
    bell_->Ring();
  }

  // Sends the present picture when something changed since the last one; false: nothing was asked.
  bool Refresh(const Compute& compute) {
    if (over() || !changed_.exchange(false)) return false;
    auto picture = compute(alert_);
    if (!picture.ok()) {
      changed_ = true;
      return true;
    }
    rules::Narrow(viewer_, *picture);
    v1::RollUp content = *picture;
    content.clear_as_of_seq();
    std::string now = content.SerializeAsString();
    if (now == last_) return true;
    last_ = std::move(now);
    if (sink_.Send(*picture)) return true;
    sink_.Close(base::Exhausted("客户端接收太慢，连接已断开",
                                "the client reads too slowly; the stream has ended")
                    .Rule("platform.stream-queue")
                    .Next("重新订阅", "watch again"));
    return true;
  }

  void Attach(std::unique_ptr<push::Subscription> subscription) {
    subscription_ = std::move(subscription);
  }
  void Close(const absl::Status& status) { sink_.Close(status); }
  bool over() const { return over_->load(); }

 private:
  const std::string alert_;
  const rules::Viewer viewer_;
  const rpc::Sink<v1::RollUp> sink_;
  const std::shared_ptr<push::Bell> bell_;
  const std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<bool> changed_ = true;
  std::string last_;  // the computing thread's
  std::unique_ptr<push::Subscription> subscription_;
};

RollUps::RollUps(ledger::Ledger& ledger, const base::Clock& clock, push::Hub& hub,
                 absl::Duration pause)
    : ledger_(ledger), clock_(clock), hub_(hub), pause_(pause) {
  thread_ = std::thread([this] { Loop(); });
}

RollUps::~RollUps() {
  bell_->Stop();
  thread_.join();
  // Outside the lock: ending a subscription waits for its callback.
  std::vector<std::shared_ptr<RollUpStream>> streams;
  {
    absl::MutexLock lock(&mutex_);
    streams.swap(streams_);
  }
  for (const auto& stream : streams) {
    stream->Close(push::StreamsStopping());
    stream->Attach(nullptr);
  }
}

absl::Status RollUps::Watch(const std::string& name, const rules::Viewer& viewer,
                            rpc::Sink<v1::RollUp> sink) {
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto alert, reader->Get(kAlerts, name));
  ASSIGN_OR_RETURN(const int64_t head, reader->HeadSeq());
  reader.reset();
  // Whatever happens beneath an area is told to the area at the top; the top itself hears by `down:`.
  std::set<std::string> channels;
  for (const std::string& area : alert.value.told_areas()) {
    const std::vector<std::string> above = rules::AncestorsOf(area, alert.value.parents());
    channels.insert(rules::Up(above.empty() ? area : above.back()));
    if (above.empty()) channels.insert(rules::Down(area));
  }
  auto stream = std::make_shared<RollUpStream>(name, viewer, std::move(sink), bell_);
  ASSIGN_OR_RETURN(auto subscription,
                   hub_.Subscribe({channels.begin(), channels.end()}, head,
                                  [stream](const push::Event& event) { stream->OnEvent(event); }));
  stream->Attach(std::move(subscription));
  {
    absl::MutexLock lock(&mutex_);
    streams_.push_back(std::move(stream));
  }
  bell_->Ring();  // the first picture
  return absl::OkStatus();
}

void RollUps::Loop() {
  while (bell_->Await(kTryAgain)) {
    Forget();
    if (Refresh()) bell_->Pause(pause_);
  }
}

bool RollUps::Refresh() {
  std::vector<std::shared_ptr<RollUpStream>> streams;
  {
    absl::MutexLock lock(&mutex_);
    streams = streams_;
  }
  const auto compute = [this](const std::string& alert) -> absl::StatusOr<v1::RollUp> {
    ASSIGN_OR_RETURN(auto reader, ledger_.Read());
    return ComputeRollUp(*reader, alert, clock_.Now());
  };
  bool any = false;
  for (const auto& stream : streams) any |= stream->Refresh(compute);
  return any;
}

void RollUps::Forget() {
  std::vector<std::shared_ptr<RollUpStream>> gone;
  {
    absl::MutexLock lock(&mutex_);
    const auto first = std::stable_partition(streams_.begin(), streams_.end(),
                                             [](const auto& stream) { return !stream->over(); });
    gone.assign(first, streams_.end());
    streams_.erase(first, streams_.end());
  }
  for (const auto& stream : gone) stream->Attach(nullptr);
}

absl::StatusOr<v1::RollUp> ComputeRollUp(ledger::Reader& reader, const std::string& name,
                                         absl::Time now) {
  ASSIGN_OR_RETURN(const auto alert, reader.Get(kAlerts, name));
  ASSIGN_OR_RETURN(const auto list, reader.Find(kRecipientLists, name));
  ASSIGN_OR_RETURN(const auto acts, ActsOf(reader, name));
  ASSIGN_OR_RETURN(const int64_t head, reader.HeadSeq());
  return rules::MakeRollUp(alert.value, list ? list->value : v1::RecipientList(), acts, now, head);
}

}  // namespace huying::alert

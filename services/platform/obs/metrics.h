// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Counters, gauges and histograms of one process, in Prometheus form. The process object owns the
// `Metrics` and hands it down; there is no global registry.
//
//   obs::Counter commits = metrics.GetCounter("huying_ledger_commits_total", "Batches committed",
//                                             {{"ledger", "alert"}});
//   commits.Add();
namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace huying::obs {

// Handles: cheap to copy, thread-safe, valid as long as their `Metrics`. A default-made handle
// counts nowhere, so that code under test needs no registry.
class Counter {
 public:
  Counter() = default;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  void Add(double by = 1) const;
  double Value() const;

 private:
  prometheus::Counter* counter_ = nullptr;
};

class Gauge {
 public:
  Gauge() = default;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  void Set(double value) const;
  void Add(double by) const;
  double Value() const;

 private:
  prometheus::Gauge* gauge_ = nullptr;
};

class Histogram {
 public:
  Histogram() = default;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  void Observe(double value) const;

 private:
  prometheus::Histogram* histogram_ = nullptr;
};

using Labels = std::map<std::string, std::string>;

// Thread-safe. Asking again for the same name and labels gives the same series; the first help text
// stays. Never put a person, a token or a request id in a label.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter GetCounter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge GetGauge(std::string_view name, std::string_view help, const Labels& labels = {});
  // Upper bounds of the buckets, ascending.
  Histogram GetHistogram(std::string_view name, std::string_view help,
                         const std::vector<double>& bounds, const Labels& labels = {});

  // The text that a Prometheus server scrapes.
  std::string Text() const;
  // For the exposer.
  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;  // shared with the exposer, whose API asks so
};

// 0.5 ms … 30 s, for latencies in seconds.
std::vector<double> LatencyBoundsSeconds();

}  // namespace huying::obs

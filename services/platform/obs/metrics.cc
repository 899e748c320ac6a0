// SPDX-License-Identifier: Apache-2.0
#include "services/platform/obs/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <exception>

#include "spdlog/spdlog.h"

namespace huying::obs {

void Counter::Add(double by) const {
  if (counter_ != nullptr) counter_->Increment(by);
}
double Counter::Value() const { return counter_ == nullptr ? 0 : counter_->Value(); }

void Gauge::Set(double value) const {
  if (gauge_ != nullptr) gauge_->Set(value);
}
void Gauge::Add(double by) const {
  if (gauge_ != nullptr) gauge_->Increment(by);
}
double Gauge::Value() const { return gauge_ == nullptr ? 0 : gauge_->Value(); }

void Histogram::Observe(double value) const {
  if (histogram_ != nullptr) histogram_->Observe(value);
}

// Merge: the same name and labels give the same family, whatever the help text says.
Metrics::Metrics()
    : registry_(
          std::make_shared<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)) {}
Metrics::~Metrics() = default;

namespace {

// The library throws on a bad name or on one name with two types: a slip of ours that must not stop
// the server, so the series counts nowhere and the log says so.
template <typename Handle, typename Make>
Handle Guarded(std::string_view name, Make make) {
  try {
    return Handle(make());
  } catch (const std::exception& error) {
    spdlog::error("metric {} is not counted: {}", name, error.what());
    return Handle();
  }
}

}  // namespace

Counter Metrics::GetCounter(std::string_view name, std::string_view help, const Labels& labels) {
  return Guarded<Counter>(name, [&] {
    return &prometheus::BuildCounter()
                .Name(std::string(name))
                .Help(std::string(help))
                .Register(*registry_)
                .Add(labels);
  });
}

Gauge Metrics::GetGauge(std::string_view name, std::string_view help, const Labels& labels) {
  return Guarded<Gauge>(name, [&] {
    return &prometheus::BuildGauge()
                .Name(std::string(name))
                .Help(std::string(help))
                .Register(*registry_)
                .Add(labels);
  });
}

Histogram Metrics::GetHistogram(std::string_view name, std::string_view help,
                                const std::vector<double>& bounds, const Labels& labels) {
  return Guarded<Histogram>(name, [&] {
    return &prometheus::BuildHistogram()
                .Name(std::string(name))
                .Help(std::string(help))
                .Register(*registry_)
                .Add(labels, bounds);
  });
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

std::vector<double> LatencyBoundsSeconds() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
}

}  // namespace huying::obs

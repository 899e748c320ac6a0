// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "huying/alert/v1/alert.pb.h"
#include "huying/common/v1/obligation.pb.h"
#include "huying/incident/v1/incident.pb.h"
#include "services/drill/rules/match.h"

// What the journals of an exercise say has happened so far: alerts with every recipient, incidents,
// reports, responses, tasks, clocks.
//
//   Situation situation;
//   for (const SeenEntry& seen : entries) situation.Apply(seen);
//   TierCounts communities = situation.Counts(common::v1::COMMUNITY);
namespace huying::drill_client {

struct AlertView {
  alert::v1::Alert alert;
  std::map<std::string, alert::v1::Recipient> recipients;  // by post; SENT when nothing was heard
  std::vector<alert::v1::Escalation> escalations;
};

struct TierCounts {
  int sent = 0;  // recipients told, over all alerts
  int delivered = 0;
  int read = 0;
  int answered = 0;
  int cannot_comply = 0;
  int late = 0;
};

struct TaskCounts {
  int assigned = 0;
  int accepted = 0;
  int done = 0;
  int overdue = 0;
};

// Legal limits of reports and other duties, as the page counts them: what runs still, or was
// cancelled, is in neither.
struct ClockCounts {
  int met = 0;
  int missed = 0;  // overdue, or met late
  int running = 0;
};

// Figures and level of an incident as they became known.
struct FiguresAt {
  std::string incident;
  absl::Time at;
  incident::v1::Figures figures;
  incident::v1::EventLevel level = incident::v1::EVENT_LEVEL_UNSPECIFIED;
  std::string reason;
};

// Not thread-safe.
class Situation {
 public:
  void Apply(const drill::rules::SeenEntry& seen);
  // Posts by the names people know them by.
  void SetTitle(const std::string& post, const std::string& title) { titles_[post] = title; }
  // The post itself when it has no title.
  const std::string& TitleOf(const std::string& post) const;

  TierCounts Counts(common::v1::Tier tier) const;
  TaskCounts Tasks() const;
  ClockCounts Clocks() const;

  const std::map<std::string, AlertView>& alerts() const { return alerts_; }
  const std::map<std::string, incident::v1::Incident>& incidents() const { return incidents_; }
  const std::vector<FiguresAt>& figures() const { return figures_; }
  const std::map<std::string, incident::v1::Report>& reports() const { return reports_; }
  const std::map<std::string, incident::v1::Response>& responses() const { return responses_; }
  const std::map<std::string, incident::v1::Task>& tasks() const { return tasks_; }
  const std::map<std::string, common::v1::Obligation>& clocks() const { return clocks_; }

 private:
  void ApplyAlert(const platform::v1::Change& change);
  void ApplyIncident(const platform::v1::Change& change, absl::Time at);
  void NoteFigures(const incident::v1::Incident& incident, absl::Time at);

  std::map<std::string, std::string> titles_;
  std::map<std::string, AlertView> alerts_;
  std::map<std::string, incident::v1::Incident> incidents_;
  std::vector<FiguresAt> figures_;
  std::map<std::string, incident::v1::Report> reports_;
  std::map<std::string, incident::v1::Response> responses_;
  std::map<std::string, incident::v1::Task> tasks_;
  std::map<std::string, common::v1::Obligation> clocks_;
};

}  // namespace huying::drill_client
